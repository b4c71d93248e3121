"""Does it help: one row of the evidence page, made by one command.

    uv run python -m tests.benchmarks.evidence path/to/labeled --out rows/dtd10
        --model path/to/model --set data.labels_per_class=20

Runs `redistill compare` with the quick preset (or goes on with it), prints what came out as a
Markdown table, and keeps it beside the run as `evidence.json`, of which
`tests.benchmarks.evidence_page` makes one table and one picture. Explained in README.md beside
this file.
"""

import argparse
import json
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from core.recipe.arms import title_of
from core.run.folder import RunFolder
from core.system.own_process import module_command

ROW = "evidence.json"
_PREFIX = "uv run python -m tests.benchmarks.evidence"


def markdown(results: dict[str, Any]) -> str:
    """The frozen encoders and arms of `results.json` as a table, and the verdict below it."""
    lines = [
        "| Arm | Accuracy, mean ± std | 95 % interval | Against base (95 %) | Macro-F1 | Seeds |",
        "|---|---|---|---|---|---|",
    ]
    for name, arm in every_arm(results).items():
        interval = arm["intervals"]["accuracy"]
        cells = [
            title_of(name),
            _mean_and_spread(arm, "accuracy"),
            f"{100 * interval['low']:.1f} to {100 * interval['high']:.1f}",
            against_base(arm),
            _mean_and_spread(arm, "macro_f1"),
            str(arm["num_seeds"]),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", results["verdict"]])


def every_arm(results: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What was tested: frozen encoders, then arms."""
    return {**results.get("frozen", {}), **results["arms"]}


def against_base(arm: dict[str, Any]) -> str:
    """How many points more than the base model, with the interval; empty for that itself."""
    found = arm["against"].get("base")
    if found is None:
        return ""
    value, low, high = (100 * found[key] for key in ("value", "low", "high"))
    return f"{value:+.1f} ({low:+.1f} to {high:+.1f})"


def _mean_and_spread(arm: dict[str, Any], metric: str) -> str:
    spread = arm["std"][metric]
    return f"{100 * arm[metric]:.1f}" + ("" if spread is None else f" ± {100 * spread:.1f}")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Compare arms on a labeled folder.")
    parser.add_argument("labeled", type=Path)
    parser.add_argument("--unlabeled", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--title", help="of the row; the name of --out without it")
    parser.add_argument("--arms", default="base,further,distilled")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--preset", default="quick")
    parser.add_argument("--model", default="starter")
    parser.add_argument("--devices")
    asked, settings = parser.parse_known_args()
    command = module_command("core.cli.main", "compare", "--labeled", str(asked.labeled))
    if asked.unlabeled:
        command += ["--unlabeled", str(asked.unlabeled)]
    for name in ("out", "arms", "seeds", "preset", "model", "devices"):
        value = getattr(asked, name)
        if value is not None:
            command += [f"--{name}", str(value)]
    began = time.monotonic()
    # What it says on the way goes to standard error: the table is all there is on the other.
    done = subprocess.run([*command, *settings], stdout=sys.stderr, check=False)
    if asked.out.is_dir():
        _keep(asked, time.monotonic() - began, done.returncode == 0)
    if done.returncode:
        raise SystemExit(done.returncode)
    print(markdown(RunFolder.open(asked.out).read_json("results.json")))


def _keep(asked: argparse.Namespace, seconds: float, is_done: bool) -> None:
    """The row, with what it took over all times that it was gone on with."""
    file = asked.out / ROW
    before = json.loads(file.read_text("utf-8")) if file.exists() else {}
    row = {
        "title": asked.title or asked.out.name,
        "command": f"{_PREFIX} {shlex.join(sys.argv[1:])}",
        "minutes": before.get("minutes", 0.0) + seconds / 60,
        "is_done": is_done,
    }
    file.write_text(json.dumps(row, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
