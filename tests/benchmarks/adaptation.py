"""What an objective does to an encoder: the same probes, and fine-tunings, before and after.

    uv run python -m tests.benchmarks.adaptation path/to/train --model path/to/model --out results
        --try instance/last:2/1e-4 --try contrastive/all/5e-5 --few 5 --draws 3 --tune 3e-4

Only the given training labels are used: a quarter of them is held out and judges, the rest is what
is pre-trained on and what probes are fitted on. Explained in README.md beside this file.
"""

import argparse
import json
import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.evaluate.neighbours import neighbours_probabilities
from core.evaluate.regularised_probe import fit_regularised
from core.images.model.mae import MaskedAutoencoder
from core.models.masked_model import MaskedModel
from core.recipe import Recipe, preset_values
from core.run.files import ENCODER
from core.run.plan import StagePlan
from core.stages.encode import encode
from core.stages.finetune_job import finetune_job, first_classifier, predict
from core.stages.flips import decided_flips
from core.stages.masked_job import masked_job, model_to_train, train
from core.stages.modality import LabeledExamples
from core.stages.objectives.choose import objective_for
from core.stages.setup import RunSetup
from core.stages.weights import save_encoder
from core.training.feed import Batch
from tests.benchmarks.finetuning import prepared, split_folder

_NEIGHBOURS = 10


@dataclass(frozen=True)
class Candidate:
    """One way to go on pre-training.

    Attributes:
        objective: As recipes have it.
        part: What is trained, as in `pretrain.train`: `all`, `last:2`, `lora:8`.
        lr: Peak learning rate.
        settings: Of the recipe's section `objectives`.
    """

    objective: str
    part: str
    lr: float
    settings: dict[str, Any]

    @classmethod
    def parsed(cls, text: str) -> "Candidate":
        """From `OBJECTIVE/PART/RATE`, more settings behind it: `/view_area=0.5`."""
        objective, part, lr, *more = text.split("/")
        pairs = [each.partition("=") for each in more]
        return cls(objective, part, float(lr), {key: json.loads(value) for key, _, value in pairs})

    @property
    def name(self) -> str:
        """As it was asked for."""
        more = [f"{key}={json.dumps(value)}" for key, value in self.settings.items()]
        return "/".join([self.objective, self.part, f"{self.lr:g}", *more])


def recipe_of(kind: str, labeled: Path, asked: argparse.Namespace) -> Recipe:
    """A recipe of one stage, whose learning rate and objective are a candidate's."""
    return Recipe.model_validate(
        {
            "seed": asked.seed,
            "data": {"kind": kind, "labeled": str(labeled), "unlabeled": []},
            "model": {"name": str(asked.model), "image_size": asked.image_size},
            "pretrain": {
                "steps": asked.steps,
                "batch_size": asked.batch_size,
                "warmup_steps": asked.steps // 10,
            },
            "distill": {"rounds": 0},
            "finetune": {"arms": ["base"]},
            "probe": {"every": 0},
            "runtime": {
                "offline": True,
                "workers": 0,
                "threads": asked.threads,
                "device": asked.device,
            },
        }
    )


def adapted(setup: RunSetup, candidate: Candidate) -> tuple[MaskedModel, float]:
    """The model after a stage of a candidate, and seconds per step."""
    recipe = setup.recipe
    pretrain = {
        "objective": candidate.objective,
        "lr": candidate.lr,
        "train": candidate.part,
    }
    recipe = recipe.model_copy(
        update={
            "pretrain": recipe.pretrain.model_copy(update=pretrain),
            "objectives": recipe.objectives.model_copy(update=candidate.settings),
        }
    )
    setup = replace(setup, recipe=Recipe.model_validate(recipe.model_dump()))
    steps = recipe.pretrain.steps
    stage = StagePlan("01-further-pretrain", "further-pretrain", steps, 1.0)
    setup = replace(setup, stages=[stage])
    model = model_to_train(setup, stage)
    objective = objective_for(setup, stage, model)
    folder = setup.run.stage(stage.name)
    folder.mkdir(parents=True, exist_ok=True)
    job = masked_job(setup, stage, model, objective, setup.recipe.pretrain, probed=False)
    began = time.monotonic()
    train(setup, replace(job, preview=None))
    seconds = (time.monotonic() - began) / steps
    shutil.rmtree(folder)
    return model, seconds


def features_of(setup: RunSetup, model: MaskedModel) -> dict[str, np.ndarray]:
    """(2, N, D) of fit and judging part: class token and mean of the patches; of texts (1, N, D).

    Texts are represented as the model itself was trained to be read.
    """
    model.to(setup.hardware.device).eval()

    def of_images(batch: Batch) -> Tensor:
        assert isinstance(model, MaskedAutoencoder)
        tokens, prefix = model.represent(batch, "all_tokens"), int(model.encoder.num_prefix_tokens)
        return torch.stack([tokens[:, 0], tokens[:, prefix:].mean(dim=1)], dim=1)

    def of_texts(batch: Batch) -> Tensor:
        return model.represent(batch)[:, None]

    represent = of_images if isinstance(model, MaskedAutoencoder) else of_texts
    return {
        part: encode(
            represent, setup.source, labeled.examples, setup.hardware, None, what="the features"
        ).transpose(1, 0, 2)
        for part, labeled in (("fit", setup.train), ("val", setup.test))
    }


def scores(setup: RunSetup, found: dict[str, np.ndarray], few: int, draws: int) -> dict[str, Any]:
    """Accuracies on the judging part, of class token and mean of the patches."""
    targets, held, number = setup.train.targets, setup.test.targets, len(setup.classes)
    judged = {}
    names = ("class token", "mean of patches")
    for index, name in enumerate(names[: len(found["fit"])]):
        fit, val = found["fit"][index], found["val"][index]
        votes = neighbours_probabilities(fit, targets, number, val, k=_NEIGHBOURS, seed=0)
        assert votes is not None
        whole = fit_regularised(fit, targets, number, seed=0)
        assert whole is not None
        of_few, strength = [], None
        for draw in range(draws):
            some = _some(targets, few, draw)
            layer = fit_regularised(fit[some], targets[some], number, seed=0, strength=strength)
            assert layer is not None
            # Chosen on the first draw: choosing costs as much as twenty fits.
            strength = layer.strength
            of_few.append(float((layer.logits(val).argmax(1) == held).mean()))
        judged[name] = {
            "knn": float((votes.argmax(1) == held).mean()),
            "few": of_few,
            "all": float((whole.logits(val).argmax(1) == held).mean()),
        }
    return judged


def tuned(setup: RunSetup, model: MaskedModel, asked: argparse.Namespace) -> list[float]:
    """Accuracy on the judging part after fine-tuning on a few labels per class, for each draw."""
    found = []
    pretrained = StagePlan("01-further-pretrain", "further-pretrain", asked.steps, 1.0)
    folder = setup.run.stage(pretrained.name)
    folder.mkdir(parents=True, exist_ok=True)
    save_encoder(model, folder / ENCODER)
    values = preset_values("quick", setup.recipe.data.kind)["finetune"]
    values |= {"lr": asked.tune, "steps": asked.tune_steps, "warmup_steps": asked.tune_steps // 3}
    values |= {"search": False, "interpolate": False, "pairs": False, "arms": ["base", "further"]}
    recipe = Recipe.model_validate({**setup.recipe.model_dump(), "finetune": values})
    for draw in range(asked.draws):
        some = _some(setup.train.targets, asked.few, draw)
        name = f"02-finetune-further-seed-{draw}"
        stage = StagePlan(name, "finetune", asked.tune_steps, 1.0, arm="further", seed_index=draw)
        train_part = LabeledExamples(setup.train.examples[some], setup.train.targets[some])
        own = replace(setup, recipe=recipe, train=train_part, stages=[pretrained, stage])
        classifier = first_classifier(own, stage).to(setup.hardware.device)
        setup.run.stage(name).mkdir(parents=True)
        flips = decided_flips(own)
        train(own, finetune_job(own, stage, classifier, setup.run.stage(name), flips=flips))
        said = predict(own, classifier, setup.test)
        found.append(float((said.argmax(1) == setup.test.targets).mean()))
        shutil.rmtree(setup.run.stage(name))
    return found


def _some(targets: np.ndarray, few: int, draw: int) -> np.ndarray:
    random = np.random.default_rng([1, draw])
    return np.concatenate(
        [random.permutation(np.flatnonzero(targets == c))[:few] for c in np.unique(targets)]
    )


def _over_draws(values: list[float]) -> str:
    shares = 100 * np.asarray(values)
    return f"{shares.mean():.1f} ± {shares.std(ddof=1) / len(shares) ** 0.5:.1f}"


def _row(name: str, judged: dict[str, Any], fine_tuned: list[float], seconds: float | None) -> str:
    cells = []
    for values in judged.values():
        cells += [
            f"{100 * values['knn']:.1f}",
            _over_draws(values["few"]),
            f"{100 * values['all']:.1f}",
        ]
    if fine_tuned:
        singly = ", ".join(f"{100 * each:.1f}" for each in fine_tuned)
        cells.append(f"{_over_draws(fine_tuned)} ({singly})")
    return f"| {name} | {' | '.join(cells)} | {'' if seconds is None else f'{seconds:.1f}'} |"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Compare objectives of further pre-training.")
    parser.add_argument("source", type=Path, help="Folder of classes, or JSON lines: train only.")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="A folder; goes on if it exists.")
    parser.add_argument("--try", action="append", default=[], dest="tries", metavar="CANDIDATE")
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--few", type=int, default=10, help="Labels per class of the small probe.")
    parser.add_argument("--draws", type=int, default=8, help="How often those are drawn.")
    parser.add_argument("--tune", type=float, help="Fine-tune on as few, with this rate.")
    parser.add_argument("--tune-steps", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--image-size", type=int)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--device", default="auto")
    asked = parser.parse_args()
    labeled = asked.out / "labeled"
    kind = "images" if asked.source.is_dir() else "text"
    if not labeled.exists():
        split_folder(asked.source, labeled, None)
    shutil.rmtree(asked.out / "run", ignore_errors=True)
    setup = prepared(recipe_of(kind, labeled, asked), asked.out / "run")
    few = f"{asked.few} per class"
    budget = f"{asked.steps} steps of {asked.batch_size}"
    # Images twice, by class token and by the mean of the patches.
    columns = f"kNN | {few} | all | " * (2 if kind == "images" else 1)
    columns += "fine-tuned (draws) | " if asked.tune else ""
    print(f"| {budget} | {columns}s/step |")
    print("|---|" + "---|" * (columns.count("|") + 1))
    for candidate in [None, *map(Candidate.parsed, asked.tries)]:
        name = candidate.name if candidate else "as it comes"
        key = f"{name} {asked.steps} {asked.batch_size} {asked.seed}".replace("/", " ")
        file = asked.out / f"{key}.npz"
        seconds = None
        if not file.exists():
            model = setup.pretrained_model()
            if candidate is not None:
                model, seconds = adapted(setup, candidate)
            found = features_of(setup, model)
            found["tuned"] = np.asarray(tuned(setup, model, asked) if asked.tune else [])
            np.savez(file, **found)
        with np.load(file) as kept:
            judged = scores(setup, dict(kept), asked.few, asked.draws)
            fine_tuned = kept["tuned"].tolist() if "tuned" in kept else []
        print(_row(name, judged, fine_tuned, seconds), flush=True)


if __name__ == "__main__":
    main()
