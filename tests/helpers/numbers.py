"""Pictures and texts that have a number each; and finished runs on them."""

import csv
import json
import random
from pathlib import Path

from PIL import Image

from core.run.folder import RunFolder
from tests.helpers.once import once
from tests.helpers.trained_texts import text_run
from tests.helpers.trainers import finished
from tests.helpers.worlds import World, new_run


def write_shades(folder: Path, number: int, *, header: str = "label") -> Path:
    """Pictures, each with how bright it is (10.0 to 30.0) in a column of `labels.csv`."""
    chance = random.Random(1)
    (folder / "img").mkdir(parents=True)
    rows: list[list[object]] = [["path", header]]
    for place in range(number):
        shade = chance.randint(20, 220)
        image = Image.new("RGB", (32, 32), (shade, shade, chance.randint(20, 220)))
        image.putpixel((place % 32, place // 32), (255, 255, 255))
        image.save(folder / "img" / f"{place}.png")
        rows.append([f"img/{place}.png", round(8 + shade / 10, 1)])
    with (folder / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return folder


def write_weights(folder: Path, number: int) -> Path:
    """Texts that name stones, and what these weigh together, in `all.jsonl`."""
    chance = random.Random(1)
    folder.mkdir(parents=True)
    lines = []
    for place in range(number):
        stones = chance.randint(0, 12)
        weight = round(2.5 + 1.25 * stones + chance.random() / 10, 3)
        text = f"a bag of {' '.join(['stone'] * stones)} and sand, number {place}"
        lines.append(json.dumps({"text": text, "label": weight}))
    (folder / "all.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def numbers_run(world: World, *more: str) -> RunFolder:
    """A finished comparison on pictures with numbers; only to be read.

    Args:
        world: Of pictures.
        *more: Arms besides the usual ones; then there are two seeds.
    """

    def make(folder: Path) -> Path:
        data = write_shades(folder / "data", 80)
        run = new_run(
            world,
            folder / "run",
            data={"unlabeled": [str(data)], "labeled": str(data), "val_fraction": 0.3},
            pretrain__steps=2,
            finetune__arms=["base", "distilled", "wise-ft", *more],
            finetune__head="regularised-probe",
            finetune__num_seeds=2 if more else 1,
        )
        return finished(run, world.cache).path

    return RunFolder(once("numbers" + "-and-more" * bool(more), make))


def numbers_text_run(world: World) -> RunFolder:
    """A finished run on texts with numbers, with Huber's loss; only to be read."""
    return text_run(
        world,
        "numbers-text",
        lambda folder: write_weights(folder, 80),
        finetune__head="regularised-probe",
        finetune__loss="huber",
    )
