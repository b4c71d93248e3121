"""Few labels of texts: the probe, `strong` fine-tuning, and a head after pairs, as SetFit's.

    uv run python -m tests.benchmarks.setfit path/to/train.jsonl --model path/to/model --out results

Training labels alone are used: a few of each class are trained on, and as many of the others as
`--judged` says are the judge. Explained in README.md beside this file.
"""

import argparse
import json
import shutil
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  (its name everywhere)
from torch import Tensor

from core.evaluate.regularised_probe import fit_regularised
from core.models.masked_model import MaskedModel
from core.stages.encode import encode
from core.stages.pipeline import run_stages
from core.stages.setup import RunSetup
from core.training.feed import Batch
from tests.benchmarks.finetuning import prepared, recipe_of

# As Tunstall et al. 2022 (arXiv 2209.11055): so many alike and unlike pairs for each example,
# gone through once at this rate and size, warmed up over a tenth.
_PAIRS, _LR, _BATCH, _WARMUP = 20, 2e-5, 16, 0.1


def draw(source: Path, out: Path, per_class: int, judged: int, seed: int) -> None:
    """Write `train.jsonl` with a few rows of each class, `test.jsonl` with others."""
    random = np.random.default_rng(seed)
    by_class: dict[str, list[dict[str, str]]] = defaultdict(list)
    for line in source.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        by_class[str(row["label"])].append({"text": row["text"], "label": str(row["label"])})
    few, others = [], []
    for members in by_class.values():
        order = random.permutation(len(members))
        taken = min(per_class, len(members) // 2)
        few += [members[index] for index in order[:taken]]
        others += [members[index] for index in order[taken:]]
    judges = [others[index] for index in random.permutation(len(others))[:judged]]
    out.mkdir(parents=True)
    for part, rows in (("train", few), ("test", judges)):
        written = "".join(json.dumps(row) + "\n" for row in rows)
        (out / f"{part}.jsonl").write_text(written, encoding="utf-8")


def pairs(targets: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """(P, 3): two places and whether they are of one class, in random order."""
    found = []
    for place, target in enumerate(targets):
        alike = np.flatnonzero(targets == target)
        unlike = np.flatnonzero(targets != target)
        for members, same in ((alike, 1), (unlike, 0)):
            found += [(place, other, same) for other in random.choice(members, _PAIRS)]
    return random.permutation(np.array(found))


def train_on_pairs(setup: RunSetup, model: MaskedModel, seed: int) -> None:
    """The squared error of the cosine against 1 for a class's own, 0 for others (SetFit's)."""
    found = pairs(setup.train.targets, np.random.default_rng(seed))
    steps = -(-len(found) // _BATCH)
    torch.manual_seed(seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=_LR, weight_decay=0.01)
    warmup = max(1, round(_WARMUP * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min((step + 1) / warmup, (steps - step) / max(1, steps - warmup)),
    )
    model.train()
    for start in range(0, len(found), _BATCH):
        rows = found[start : start + _BATCH]
        sides = [
            model.represent(setup.source.batch(setup.train.examples[rows[:, side]]))
            for side in (0, 1)
        ]
        same = torch.from_numpy(rows[:, 2]).float()
        loss = F.mse_loss(F.cosine_similarity(*sides), same)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    model.eval()


def probed(setup: RunSetup, model: MaskedModel) -> float:
    """Accuracy of the regularised probe on the judging part."""

    def represent(batch: Batch) -> Tensor:
        return model.represent(batch)

    def features(examples: np.ndarray) -> np.ndarray:
        return encode(represent, setup.source, examples, setup.hardware, None, what="the probe")

    targets = setup.train.targets
    found = fit_regularised(features(setup.train.examples), targets, len(setup.classes), seed=0)
    assert found is not None
    said = found.logits(features(setup.test.examples)).argmax(axis=1)
    return float((said == setup.test.targets).mean())


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Compare heads for few labeled texts.")
    parser.add_argument("source", type=Path, help="JSON lines of training examples.")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="A folder; must not exist.")
    parser.add_argument("--per-class", type=int, default=8)
    parser.add_argument("--judged", type=int, default=600)
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--steps", type=int, default=100, help="Of `strong`.")
    parser.add_argument("--threads", type=int)
    asked = parser.parse_args()
    asked.recipes, asked.seeds, asked.image_size = "strong", 1, None
    asked.set, asked.only_rise = [], False
    print("| Draw | Probe | Pairs, then probe | `strong` |\n|---|---|---|---|", flush=True)
    for seed in range(asked.draws):
        labeled = asked.out / f"labeled-{seed}"
        draw(asked.source, labeled, asked.per_class, asked.judged, seed)
        setup = prepared(recipe_of("strong", "text", labeled, asked), asked.out / f"run-{seed}")
        model = setup.pretrained_model().to(setup.hardware.device).eval()
        before = probed(setup, model)
        train_on_pairs(setup, model, seed)
        after = probed(setup, model)
        results = run_stages(setup)
        strong = results["arms"]["base"]["seeds"][0]["accuracy"]["value"]
        shutil.rmtree(setup.run.path)
        shown = " | ".join(f"{100 * value:.1f}" for value in (before, after, strong))
        print(f"| {seed + 1} | {shown} |", flush=True)


if __name__ == "__main__":
    main()
