"""The demo's recipe where it was chosen: on digits that are not of its test part.

    uv run python -m tests.benchmarks.demo --out OUT --draws 1 2

A fifth of each class of the demo's other digits plays the test part; ten of each class are labeled,
the rest is not. Explained in README.md beside this file.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from core.demo.demo import demo_recipe
from core.demo.digits import (
    LABELED_PER_CLASS,
    TEST_FRACTION,
    VALIDATION_PER_CLASS,
    write_digits,
)
from core.recipe import Recipe
from core.run.files import RESULTS
from core.run.folder import RunFolder


def lay_out(pool: dict[str, list[Path]], digits: Path, draw: int) -> None:
    """Copy digits by class into the demo's folders, some of them as a test part."""
    random = np.random.default_rng([11, draw])
    for digit, files in sorted(pool.items()):
        held = round(TEST_FRACTION * len(files))
        for place, index in enumerate(random.permutation(len(files))):
            if place < held:
                folder = digits / "labeled" / "test" / digit
            elif place < held + LABELED_PER_CLASS:
                folder = digits / "labeled" / "train" / digit
            elif place < held + LABELED_PER_CLASS + VALIDATION_PER_CLASS:
                folder = digits / "labeled" / "val" / digit
            else:
                folder = digits / "unlabeled"
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(files[index], folder / files[index].name)


def not_of_the_test_part(folder: Path) -> dict[str, list[Path]]:
    """The demo's other digits by class, written there."""
    write_digits(folder)
    targets = load_digits().target
    pool: dict[str, list[Path]] = {}
    parts = (folder / "unlabeled", folder / "labeled" / "train", folder / "labeled" / "val")
    for part in parts:
        for file in part.rglob("*.png"):
            pool.setdefault(str(targets[int(file.stem)]), []).append(file)
    return {digit: sorted(files, key=lambda file: file.name) for digit, files in pool.items()}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="The demo, on digits held out of its training.")
    parser.add_argument("--out", type=Path, required=True, help="A folder; it must not exist.")
    parser.add_argument("--draws", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=JSON")
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    pool = not_of_the_test_part(asked.out / "all")
    for draw in asked.draws:
        digits = asked.out / str(draw) / "digits"
        lay_out(pool, digits, draw)
        values = demo_recipe(digits).model_dump(mode="json", exclude_none=True)
        values["seed"] = draw
        values["runtime"] |= {"threads": asked.threads, "device": "cpu"}
        for setting in asked.set:
            name, _, value = setting.partition("=")
            section, _, key = name.partition(".")
            values[section][key] = json.loads(value)
        run = RunFolder.create(asked.out / str(draw) / "run", Recipe.model_validate(values))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "core.trainer", str(run.path)]
        threads = {"OMP_NUM_THREADS": str(asked.threads)}
        subprocess.run(command, env=os.environ | threads, check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        results = run.read_json(RESULTS)
        print(f"draw {draw}, {spent:.0f} s of processor time: {results['verdict']}", flush=True)


if __name__ == "__main__":
    main()
