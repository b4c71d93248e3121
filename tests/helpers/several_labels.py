"""Pictures and texts that have any of three labels, or none; and a finished run on the pictures."""

import csv
import json
import random
from pathlib import Path

from PIL import Image, ImageDraw

from core.run.folder import RunFolder
from tests.helpers.once import once
from tests.helpers.trained_texts import text_run
from tests.helpers.trainers import finished
from tests.helpers.worlds import World, new_run

LABELS = ("blue", "green", "red")
_CHANNELS = {"red": 0, "green": 1, "blue": 2}


def drawn_labels(number: int, seed: int = 0) -> list[list[str]]:
    """Labels of so many examples, each with about half of them."""
    chance = random.Random(seed)
    return [[name for name in LABELS if chance.random() < 0.45] for _ in range(number)]


def write_shapes(folder: Path, labels: list[list[str]], *, flags: bool = True) -> Path:
    """Pictures with a square of each colour that they are labeled with, and `labels.csv`.

    Args:
        folder: To be made.
        labels: Of each picture.
        flags: Whether each label has a column of 0 and 1; else one column joins them: `blue;red`.
    """
    chance = random.Random(1)
    (folder / "img").mkdir(parents=True)
    head = ["path", *LABELS] if flags else ["path", "label"]
    rows: list[list[object]] = [head]
    for number, own in enumerate(labels):
        image = Image.new("RGB", (32, 32), (chance.randint(0, 60),) * 3)
        for name in own:
            x, y, colour = chance.randint(0, 20), chance.randint(0, 20), [0, 0, 0]
            colour[_CHANNELS[name]] = chance.randint(150, 255)
            ImageDraw.Draw(image).rectangle([x, y, x + 10, y + 10], fill=tuple(colour))
        image.save(folder / "img" / f"{number}.png")
        said = [int(name in own) for name in LABELS] if flags else [";".join(own)]
        rows.append([f"img/{number}.png", *said])
    with (folder / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return folder


def write_texts(folder: Path, labels: list[list[str]]) -> Path:
    """Texts with the names of their labels among other words, as lists in `all.jsonl`."""
    folder.mkdir(parents=True)
    lines = [
        json.dumps({"text": f"the sky is very {' '.join(own)} and so on {number}", "labels": own})
        for number, own in enumerate(labels)
    ]
    (folder / "all.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def several_labels_run(world: World, *more: str) -> RunFolder:
    """A finished comparison on pictures with several labels; only to be read.

    Args:
        world: Of pictures.
        *more: Arms besides the usual ones; then there are two seeds.
    """

    def make(folder: Path) -> Path:
        data = write_shapes(folder / "data", drawn_labels(60))
        own = {} if more else {"distill__rounds": 0}
        run = new_run(
            world,
            folder / "run",
            data={"unlabeled": [str(data)], "labeled": str(data), "val_fraction": 0.3},
            pretrain__steps=2,
            finetune__arms=["base", "r3f", *more],
            finetune__head="regularised-probe",
            finetune__num_seeds=2 if more else 1,
            **own,
        )
        return finished(run, world.cache).path

    return RunFolder(once("several-labels" + "-and-more" * bool(more), make))


def several_labels_text_run(world: World) -> RunFolder:
    """A finished run on texts with several labels; only to be read."""
    return text_run(
        world, "several-labels-text", lambda folder: write_texts(folder, drawn_labels(80))
    )
