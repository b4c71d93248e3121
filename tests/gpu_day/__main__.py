"""The command line of the day."""

import argparse
import datetime as dt
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from core.system.atomic import write_json
from tests.benchmarks.measure import versions
from tests.gpu_day.choosing import NoDevice, chosen
from tests.gpu_day.plan import MINUTES, PARTS, Part
from tests.gpu_day.running import run_sections
from tests.gpu_day.table import gap_lines, has_failed, table


def main(arguments: list[str] | None = None) -> int:
    """Run the day; 0 if all passed, 1 if not or no time was left, 2 where there is no device."""
    asked = _parser().parse_args(arguments)
    try:
        device = chosen(asked.device)
    except NoDevice as why:
        print(why, file=sys.stderr)
        return 2
    parts = [part for part in PARTS if not asked.only or part.name in asked.only]
    print(f"{len(parts)} sections on {device}, at most {asked.minutes:g} minutes.", file=sys.stderr)
    out, began = asked.out.resolve(), time.monotonic()
    report: dict[str, Any] = {
        "device": device,
        "began": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "minutes": asked.minutes,
        "versions": versions(),
        "sections": {},
    }
    with tempfile.TemporaryDirectory(prefix="gpu-day-", ignore_cleanup_errors=True) as folder:
        told = partial(_tell, report, out)
        run_sections(parts, device, Path(folder), asked.minutes, told)
    report["seconds"] = round(time.monotonic() - began, 1)
    write_json(out, report)
    _print(report)
    print(f"\n{report['seconds']:.0f} s; all numbers are in {out}.")
    return 1 if has_failed(report["sections"]) else 0


def _tell(report: dict[str, Any], out: Path, part: Part, found: dict[str, Any]) -> None:
    """After each section, so that a day that is cut short leaves what it found."""
    report["sections"][part.name] = found
    write_json(out, report)
    print(f"{part.name}: {found['state']} after {found['seconds']} s", file=sys.stderr)


def _print(report: dict[str, Any]) -> None:
    print(table(report["sections"]))
    gaps = gap_lines(report["sections"])
    if gaps:
        print("\nThe costliest gaps between kernels:")
        print("\n".join(gaps))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.gpu_day", description="Is everything right on this GPU, and how fast?"
    )
    parser.add_argument("--device", default="cuda", help="cuda (the first), cuda:N, cpu or later")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="for all of it, at most")
    parser.add_argument("--out", type=Path, default=Path("gpu-day.json"), metavar="FILE.json")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=[part.name for part in PARTS],
        metavar="SECTION",
        help=f"of {', '.join(part.name for part in PARTS)}",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
