"""How true the temperatures of a finished run are: the log loss of its test examples with others.

    uv run python -m tests.benchmarks.temperatures path/to/run …

For each classifier that was calibrated: as trained, with the temperature it has, with that which
held-out answers want when nothing is held back (of a fine-tuned one without a validation part), and
with the best there is for the test examples themselves. Nothing is chosen by that.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from scipy.optimize import minimize_scalar

from core.evaluate.calibration import fit_temperature, log_losses

_LEAST = 1e-37


def classifiers(run: Path) -> Iterator[Path]:
    """Folders of the classifiers of one label that have a temperature and test answers."""
    for file in sorted(
        [*run.glob("frozen/probe-*/summary.json"), *run.glob("stages/*/summary.json")]
    ):
        folder = file.parent
        if json.loads(file.read_text()).get("calibration") and (
            load_file(folder / "predictions.safetensors")["targets"].ndim == 1
        ):
            yield folder


def measured(folder: Path) -> tuple[str, ...]:
    """One row of the table."""
    calibration = json.loads((folder / "summary.json").read_text())["calibration"]
    tested = load_file(folder / "predictions.safetensors")
    targets, own = tested["targets"], float(calibration["temperature"])
    logits = own * np.log(np.maximum(tested["probabilities"].astype(np.float64), _LEAST))

    def loss(temperature: float) -> float:
        return float(log_losses(logits / temperature, targets).mean())

    best = minimize_scalar(lambda log: loss(float(np.exp(log))), bounds=(-2, 2), method="bounded")
    shown = [f"{loss(1.0):.3f}", f"{loss(own):.3f} ({own:.2f})"]
    file, fitted = folder / "held-out.safetensors", own
    if calibration.get("source") == "held out" and file.exists():
        held = load_file(file)
        said = own * np.log(np.maximum(held["probabilities"].astype(np.float64), _LEAST))
        fitted = fit_temperature(said, held["targets"])
    shown.append(f"{loss(fitted):.3f} ({fitted:.2f})")
    shown.append(f"{loss(float(np.exp(best.x))):.3f} ({np.exp(best.x):.2f})")
    return folder.name, f"{calibration['num_examples']}, {calibration.get('source')}", *shown


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Log losses of test examples by temperature.")
    parser.add_argument("runs", type=Path, nargs="+")
    print(
        "| Classifier | Fitted on | As trained | As it is | Without caution | Best for the test |"
    )
    print("|---|---|---|---|---|---|")
    for run in parser.parse_args().runs:
        for folder in classifiers(run):
            print(f"| {' | '.join(measured(folder))} |")


if __name__ == "__main__":
    main()
