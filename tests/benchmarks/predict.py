"""Images per second of predictions into a file, against another checkout, in turns.

    uv run python -m tests.benchmarks.predict --against ../base --model starter
    uv run python -m tests.benchmarks.predict --against ../base --model vit-s-224 --images 96

A tiny run is trained with the other checkout, so that both can read it. Then a process of each
classifies the same JPEG files, one after the other, with its model loaded anew each time and its
libraries loaded before. Ends in one line of JSON.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import torch

from tests.benchmarks.pictures import write_jpegs
from tests.helpers.trainers import ROOT

_LABELS = ("even", "odd")
_FEW = 12
# Of either checkout: as `redistill predict RUN FOLDER --out FILE` does, asked line by line.
_SIDE = """
import sys, time
from pathlib import Path
try:
    from core.modalities import predict_of
    from core.predict.files import predict_files
    from core.run.folder import RunFolder
except ImportError:
    from core.predict_files import predict_files
    from core.run_folder import RunFolder
    predict_of = None
run = RunFolder.open(Path(sys.argv[1]))
try:
    from core.predict.predict import classifier_folder
    from core.predict.wanted import Listeners, Wanted
except ImportError:
    Wanted = None
options = {"arm": None, "embeddings": None, "report": lambda done, total: None}
if Wanted is not None:
    options = {"listeners": Listeners(lambda done, total: None)}
if predict_of is not None:
    options["modality"] = predict_of(run.recipe().modality)
for line in sys.stdin:
    folder, out = line.rstrip("\\n").split("\\t")
    began, spent = time.perf_counter(), time.process_time()
    if Wanted is None:
        predict_files(run, [Path(folder)], table=Path(out), **options)
    else:
        own = classifier_folder(run)
        predict_files(run, own, [Path(folder)], Wanted(Path(out)), **options)
    print(time.perf_counter() - began, time.process_time() - spent, flush=True)
"""


class Side:
    """A process of one checkout."""

    def __init__(self, checkout: Path, run: Path, out: Path) -> None:
        self.out = out
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SIDE, str(run)],
            cwd=checkout,
            env={**os.environ, "PYTHONPATH": str(checkout)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def seconds(self, folder: Path) -> tuple[float, float]:
        """Of the clock and of the processor, for all images of a folder."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{folder}\t{self.out}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            sys.exit("A side ended.")
        clock, processor = line.split()
        return float(clock), float(processor)

    def close(self) -> None:
        """End it."""
        self._process.communicate()


def random_vit(folder: Path) -> None:
    """A ViT-S/16 with random weights, as timm saves it."""
    import timm
    from safetensors.torch import save_file

    folder.mkdir()
    torch.manual_seed(0)
    model = timm.create_model("vit_small_patch16_224", num_classes=0)
    save_file(model.state_dict(), folder / "model.safetensors")
    config = {"architecture": "vit_small_patch16_224", "pretrained_cfg": model.pretrained_cfg}
    kept = {"input_size", "mean", "std", "interpolation"}
    config["pretrained_cfg"] = {k: v for k, v in model.pretrained_cfg.items() if k in kept}
    (folder / "config.json").write_text(json.dumps(config))


def tiny_run(checkout: Path, model: str, files: list[Path], folder: Path, precision: str) -> Path:
    """A finished run of few steps, made by a checkout's own command line."""
    for number, file in enumerate(files[:_FEW]):
        split = "train" if number < _FEW * 2 // 3 else "test"
        place = folder / "labeled" / split / _LABELS[number % 2]
        place.mkdir(parents=True, exist_ok=True)
        (place / file.name).write_bytes(file.read_bytes())
    settings = {
        "pretrain.steps": 0,
        "distill.rounds": 0,
        "finetune.steps": 2,
        "finetune.warmup_steps": 0,
        "finetune.batch_size": 4,
        "finetune.arms": '["base"]',
        "probe.every": 0,
        "runtime.device": "cpu",
        "runtime.precision": precision,
    }
    run = folder / "run"
    command = [sys.executable, "-m", "core.cli.main", "run", "--preset", "quick"]
    command += ["--labeled", str(folder / "labeled"), "--model", model, "--out", str(run)]
    for name, value in settings.items():
        command += ["--set", f"{name}={value}"]
    environment = {**os.environ, "PYTHONPATH": str(checkout), "REDISTILL_CACHE": str(folder / "c")}
    done = subprocess.run(
        command, cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return run


def answers(file: Path) -> list[tuple[str, float]]:
    """Label and probability of each image."""
    with file.open(encoding="utf-8", newline="") as opened:
        return [(row["label"], float(row["probability"])) for row in csv.DictReader(opened)]


def measured(asked: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Both sides, in turns."""
    images = folder / "images"
    source = {} if asked.photographs is None else {"source": asked.photographs}
    shown = write_jpegs(images, asked.images, asked.side, **source)
    model = asked.model
    if model == "vit-s-224":
        random_vit(folder / "vit")
        model = str(folder / "vit")
    files = sorted(images.iterdir())
    run = tiny_run(asked.against, model, files, folder, asked.precision)
    first = folder / "first"
    first.mkdir()
    for file in files[:_FEW]:
        (first / file.name).write_bytes(file.read_bytes())
    ours = Side(ROOT, run, folder / "ours.csv")
    theirs = Side(asked.against, run, folder / "theirs.csv")
    sides = [ours, theirs]
    for side in sides:
        side.seconds(first)
    spent: dict[int, list[tuple[float, float]]] = {id(side): [] for side in sides}
    for turn in range(asked.turns):
        for side in sides if turn % 2 == 0 else sides[::-1]:
            spent[id(side)].append(side.seconds(images))
            rate = len(files) / spent[id(side)][-1][0]
            name = "ours" if side is ours else "theirs"
            print(f"turn {turn + 1}: {name} {rate:.1f} images/s", file=sys.stderr)
    for side in sides:
        side.close()
    mine, others = spent[id(ours)], spent[id(theirs)]
    pairs = list(zip(mine, others, strict=True))
    found = list(zip(answers(ours.out), answers(theirs.out), strict=True))
    return {
        "model": asked.model,
        "images": len(files),
        "shown": shown,
        "threads": torch.get_num_threads(),
        "images_per_s_ours": len(files) / median(clock for clock, _ in mine),
        "images_per_s_theirs": len(files) / median(clock for clock, _ in others),
        "ratio": median(b[0] / a[0] for a, b in pairs),
        "ratios": [round(b[0] / a[0], 2) for a, b in pairs],
        "ratio_cpu": median(b[1] / a[1] for a, b in pairs),
        "same_label": sum(a[0] == b[0] for a, b in found) / len(found),
        "largest_difference": max(abs(a[1] - b[1]) for a, b in found),
        "load": os.getloadavg()[0],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--against", type=Path, required=True, help="another checkout")
    parser.add_argument("--model", default="starter", help="starter, vit-s-224 or a folder")
    parser.add_argument("--images", type=int, default=1024)
    parser.add_argument("--photographs", type=Path, help="a folder of JPEG files to draw on")
    parser.add_argument("--side", type=int, default=400, help="the shorter one, in pixels")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--precision", default="auto")
    asked = parser.parse_args()
    asked.against = asked.against.resolve()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measured(asked, Path(folder))))


if __name__ == "__main__":
    main()
