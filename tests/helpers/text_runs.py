"""A finished run on text, written without any training."""

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from core.data.manifest_file import read_manifest, write_manifest
from core.evaluate.metrics import evaluate_predictions, example_scores
from core.evaluate.verdict import summarise_arms
from core.recipe import Recipe
from core.run.files import PREDICTIONS
from core.run.folder import RunFolder
from core.run.formats import RESULTS_FORMAT
from core.stages.modality import labeled_targets
from core.system.atomic import write_json
from core.text.data.read import Columns
from core.text.data.reread import texts_again
from core.text.data.scan import scan_texts
from core.text.model.store import load_masked_lm, save_masked_lm
from tests.helpers.text_worlds import save_tiny_masked_lm, write_texts


def written_text_run(folder: Path, arms: tuple[str, ...] = ("base",)) -> RunFolder:
    """A run whose classifiers have random weights; what they say of the tests is made up.

    Args:
        folder: Data, model and run go into it.
        arms: That were "fine-tuned", one seed each.
    """
    plain, labeled = write_texts(folder / "texts")
    model = save_tiny_masked_lm(folder / "model")
    data = {"kind": "text", "unlabeled": [str(plain)], "labeled": str(labeled)}
    recipe = Recipe.model_validate(
        {
            "data": data,
            "model": {"name": str(model), "max_length": 24},
            "finetune": {"arms": arms},
            # Answers are compared with exports, which compute in nothing less.
            "runtime": {"precision": "float32"},
        }
    )
    run = RunFolder.create(folder / "run", recipe)
    manifest = scan_texts(
        [plain], labeled, columns=Columns(), val_fraction=0.0, test_fraction=0.0, seed=0
    )
    write_manifest(manifest, run.manifest_file)
    masked_lm = load_masked_lm(str(model), max_length=24, whole_words=False, offline=True)
    run.model.mkdir(exist_ok=True)
    save_masked_lm(run.model, masked_lm)
    targets, classes = labeled_targets(manifest, "test"), list(manifest.classes)
    results, scores = {}, {}
    for number, arm in enumerate(arms):
        stage = run.stage(f"{number + 1:02d}-finetune-{arm}-seed-0")
        stage.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(number)
        masked_lm.build_classifier(len(classes), dropout=0.1).save(stage, classes)
        drawn = np.random.default_rng(number).dirichlet([0.5] * len(classes), len(targets))
        probabilities = drawn.astype(np.float32)
        save_file(
            {"probabilities": torch.tensor(probabilities), "targets": torch.tensor(targets)},
            stage / PREDICTIONS,
        )
        found = evaluate_predictions(probabilities, targets, classes, seed=0)
        write_json(stage / "summary.json", {"arm": arm, "seed_index": 0, "test": found})
        results[arm] = [found]
        scores[arm] = [example_scores(targets, probabilities.argmax(1), len(classes))]
    counts = {f"{name}_images": len(manifest.labeled_split(name)) for name in ("train", "val")}
    counts |= {"pretraining_images": len(manifest.unlabeled), "test_images": len(targets)}
    write_json(
        run.results_file,
        {
            "format": RESULTS_FORMAT,
            "interim": None,
            "verdict": "One training each.",
            "arms": summarise_arms(results, scores),
            "data": {"what": "text", **counts, "classes": classes},
            "stages": {},
            "encoder": None,
            "no_classifier": "",
        },
    )
    return run


def texts_of_the_test(run: RunFolder) -> dict[str, str]:
    """The run's test texts by their names."""
    manifest = read_manifest(run.manifest_file)
    found, _ = texts_again(manifest, manifest.labeled_split("test"), Columns())
    return {name: text for (_, name), text in found.items()}
