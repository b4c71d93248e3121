"""Does it help: arms compared on a labeled folder, as a Markdown table.

    uv run python -m tests.benchmarks.evidence path/to/labeled --out comparison --seeds 5

Runs `redistill compare` with the quick budget (or goes on with it) and prints the table and the
verdict for the results page of the docs. Explained in README.md beside this file.
"""

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Any

from core.recipe.arms import title_of
from core.run.folder import RunFolder
from core.system.own_process import module_command


def markdown(results: dict[str, Any]) -> str:
    """The arms of `results.json` as a table, and the verdict below it."""
    lines = [
        "| Arm | Accuracy, mean ± std | 95 % interval | Against base (95 %) | Macro-F1 | Seeds |",
        "|---|---|---|---|---|---|",
    ]
    for name, arm in results["arms"].items():
        interval = arm["intervals"]["accuracy"]
        cells = [
            title_of(name),
            _mean_and_spread(arm, "accuracy"),
            f"{100 * interval['low']:.1f} to {100 * interval['high']:.1f}",
            _against_base(arm),
            _mean_and_spread(arm, "macro_f1"),
            str(arm["num_seeds"]),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", results["verdict"]])


def _mean_and_spread(arm: dict[str, Any], metric: str) -> str:
    spread = arm["std"][metric]
    return f"{100 * arm[metric]:.1f}" + ("" if spread is None else f" ± {100 * spread:.1f}")


def _against_base(arm: dict[str, Any]) -> str:
    found = arm["against"].get("base")
    if found is None:
        return ""
    value, low, high = (100 * found[key] for key in ("value", "low", "high"))
    return f"{value:+.1f} ({low:+.1f} to {high:+.1f})"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Compare arms on a labeled folder.")
    parser.add_argument("labeled", type=Path)
    parser.add_argument("--unlabeled", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--arms", default="base,further,distilled")
    parser.add_argument("--seeds", type=int, default=5)
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
    # What it says on the way goes to standard error: the table is all there is on the other.
    done = subprocess.run([*command, *settings], stdout=sys.stderr, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)
    print(markdown(RunFolder.open(asked.out).read_json("results.json")))


if __name__ == "__main__":
    main()
