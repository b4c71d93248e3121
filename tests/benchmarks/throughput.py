"""Images per second of a training step: ours against the method as its authors ran it.

    uv run python -m tests.benchmarks.throughput --preset vit-s-224 --stage distill

The two sides train in processes of their own and take turns; the last line is JSON, explained in
README.md beside this file.
"""

import argparse
import json
import statistics
import sys
import tempfile
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import Side, versions
from tests.benchmarks.pictures import write_jpegs
from tests.benchmarks.settings import PRESETS, STAGES, Settings


def measure(settings: Settings, work: Path) -> dict[str, Any]:
    """Both sides in turn; what the JSON line says."""
    shows = write_jpegs(work / "files", settings.images, settings.file_side)
    seconds: dict[str, list[float]] = {"ours": [], "reference": []}
    waited = 0.0
    with ExitStack() as open_sides:
        ours = open_sides.enter_context(closing(Side("ours", settings, work)))
        prepared = ours.hear()
        # Not before: its start would slow down what is timed of the preparation.
        reference = open_sides.enter_context(closing(Side("reference", settings, work)))
        ours.hear()
        reference.hear()
        for repeat in range(settings.repeats):
            # Whoever goes first meets the other's heat and caches: take turns at that, too.
            for side in (ours, reference) if repeat % 2 == 0 else (reference, ours):
                block = side.block()
                seconds[side.name].append(block["seconds"])
                waited += block.get("waited_s", 0.0)
            _say(settings, repeat, seconds)
        peaks = {side.name: side.hear()["peak_memory_gib"] for side in (ours, reference)}
        arithmetic = ours.hear() if settings.device == "cuda" else {}
    measured = speeds(settings, seconds)
    return {
        **_header(settings, prepared, shows),
        **measured,
        **_utilisation(settings, arithmetic, measured["images_per_s_ours"]),
        "data_wait_share": waited / sum(seconds["ours"]),
        "peak_memory_gib_ours": peaks["ours"],
        "peak_memory_gib_reference": peaks["reference"],
        "images_in_device_memory": prepared["images_in_device_memory"],
        "prepare_s": prepared["scan_s"] + prepared["decode_s"],
        "scan_s": prepared["scan_s"],
        "decode_s": prepared["decode_s"],
        "targets_s": prepared.get("targets_s"),
        "versions": versions(),
    }


def _header(settings: Settings, prepared: dict[str, Any], shows: str) -> dict[str, Any]:
    return {
        "benchmark": "throughput",
        "model": settings.model,
        "image_size": settings.image_size,
        "stage": settings.stage,
        "precision": prepared["precision"],
        "precision_reference": "float32",
        "device": prepared["device"],
        "threads": prepared["threads"],
        "batch_size": settings.batch_size,
        "images": settings.images,
        "files": shows,
        "steps": settings.steps,
        "repeats": settings.repeats,
    }


def speeds(settings: Settings, seconds: dict[str, list[float]]) -> dict[str, Any]:
    """Images per second of both sides, and their ratio pair by pair."""
    images = settings.batch_size * settings.steps
    ratios = [r / o for o, r in zip(seconds["ours"], seconds["reference"], strict=True)]
    per_s = {name: images / statistics.median(times) for name, times in seconds.items()}
    return {
        "images_per_s_ours": per_s["ours"],
        "images_per_s_reference": per_s["reference"],
        "ratio": statistics.median(ratios),
        "ratios": ratios,
    }


def _utilisation(
    settings: Settings, arithmetic: dict[str, float], images_per_s: float
) -> dict[str, float]:
    if settings.device != "cuda":
        return {}
    share = arithmetic["model_flops"] * images_per_s / arithmetic["matmul_peak"]
    return {**arithmetic, "model_flops_utilisation": share}


def _say(settings: Settings, repeat: int, seconds: dict[str, list[float]]) -> None:
    images = settings.batch_size * settings.steps
    ours, reference = images / seconds["ours"][-1], images / seconds["reference"][-1]
    line = f"{ours:.1f} images/s, reference {reference:.1f}: {ours / reference:.2f} x"
    print(f"{repeat + 1} of {settings.repeats}: {line}", file=sys.stderr)


def asked(arguments: list[str]) -> Settings:
    """The settings of a command line."""
    parser = argparse.ArgumentParser(description="Training steps, ours against the reference.")
    parser.add_argument("--preset", choices=sorted(PRESETS), help="Sets model and image size.")
    parser.add_argument("--model", default="vit_small_patch16_224", help="A timm ViT, or starter.")
    parser.add_argument("--image-size", type=int, default=224)
    parser.add_argument("--decoder", type=int, nargs=3, default=(8, 512, 16))
    parser.add_argument("--stage", choices=STAGES, default="further")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--precision", default="float32", help="Of ours: auto, float32, bfloat16.")
    parser.add_argument("--threads", type=int, help="CPU threads of each side; all if not given.")
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--images", type=int, default=128, help="JPEG files to train on.")
    parser.add_argument("--warm-up", type=int, default=2, help="Untimed steps at the start.")
    parser.add_argument("--settle", type=int, default=1, help="Untimed steps before each block.")
    parser.add_argument("--steps", type=int, default=4, help="Timed steps per block.")
    parser.add_argument("--repeats", type=int, default=5, help="Pairs of blocks.")
    values = vars(parser.parse_args(arguments))
    preset = values.pop("preset")
    if preset is not None:
        values["model"], values["image_size"] = PRESETS[preset]
    settings = Settings(**{**values, "decoder": tuple(values["decoder"])})
    return settings.on_gpu_blocks() if settings.device == "cuda" else settings


def main() -> None:
    """Command line."""
    settings = asked(sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="benchmark-", ignore_cleanup_errors=True) as folder:
        print(json.dumps(measure(settings, Path(folder))))


if __name__ == "__main__":
    main()
