"""The day goes on whatever a section does, and its report says so."""

import json
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.system.kernels import Gpu
from tests.gpu_day.__main__ import main
from tests.gpu_day.child import answer
from tests.gpu_day.choosing import NoDevice, chosen
from tests.gpu_day.day import Day, Found, Skipped
from tests.gpu_day.plan import MINUTES, PARTS, Part, limits
from tests.gpu_day.running import run_sections
from tests.gpu_day.sections.memory import run as out_of_memory
from tests.gpu_day.sections.speed import judged
from tests.gpu_day.table import gap_lines, has_failed, table

_FINE = """
import json, pathlib, sys
found = {"state": "passed", "why": "", "checks": []}
pathlib.Path(sys.argv[1]).write_text(json.dumps(found))
"""
_HANGS = (
    "import subprocess, sys, time, pathlib; "
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
    "pathlib.Path(sys.argv[1]).with_name('child').write_text(str(child.pid)); time.sleep(600)"
)
_SCRIPTS = {
    "fine": _FINE,
    "fails": "raise ValueError('a kernel is missing')",
    "hangs": _HANGS,
    "crashes": "import os; os.abort()",
    "mute": "pass",
}


def command(part: Part, day: Day, out: Path) -> list[str]:
    return [sys.executable, "-S", "-c", _SCRIPTS[part.name.partition(" ")[0]], str(out)]


def test_that_sections_that_fail_hang_or_crash_stop_nobody(tmp_path: Path) -> None:
    names = ("fails", "hangs", "crashes", "mute", "fine")
    parts = [Part(name, 2.0 if name == "hangs" else 60.0) for name in names]
    heard: list[str] = []
    found = run_sections(
        parts, "cpu", tmp_path, MINUTES, lambda part, _: heard.append(part.name), command
    )
    assert tuple(heard) == tuple(found) == names
    assert [each["state"] for each in found.values()] == [*["failed"] * 4, "passed"]
    assert "it ended with code 1" in found["fails"]["why"]
    assert "a kernel is missing" in found["fails"]["why"]
    assert "it took more than 2 s" in found["hangs"]["why"]
    assert "it said nothing" in found["mute"]["why"]
    assert has_failed(found)
    child = int((tmp_path / "child").read_text())
    end = time.monotonic() + 10
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < end, "what it had started goes on"
        time.sleep(0.02)


def test_that_a_day_without_time_left_skips_what_is_left(tmp_path: Path) -> None:
    parts = [Part("hangs", 60 * MINUTES), Part("fine", 60.0)]
    found = run_sections(parts, "cpu", tmp_path, 0.02, lambda *_: None, command)
    assert found["hangs"]["state"] == "failed"
    assert (found["fine"]["state"], found["fine"]["why"]) == ("not run", "no time was left")
    # What nobody looked at is not right: the day has not passed.
    left_out = {"fine": found["fine"]}
    assert has_failed(left_out)
    assert table(left_out).splitlines()[1].split() == [
        "FAIL",
        "fine",
        *["not", "run", "no", "time", "was", "left"],
    ]


def test_that_a_day_that_had_no_time_for_a_section_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "day.json"
    asked = ["--device", "cpu", "--minutes", "0", "--only", "doctor", "--out", str(out)]
    assert main(asked) == 1
    said = capsys.readouterr().out
    assert "no time was left" in said
    assert json.loads(out.read_text())["sections"]["doctor"]["state"] == "not run"


def test_that_fewer_minutes_shorten_every_section() -> None:
    whole, half = (list(limits(PARTS, minutes)) for minutes in (MINUTES, MINUTES / 2))
    assert [(part, limit / 2) for part, limit in whole] == half


def test_that_without_a_gpu_the_command_says_so_and_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # `cuda:99` is on no machine.
    assert main(["--device", "cuda:99", "--out", str(tmp_path / "day.json")]) == 2
    said = capsys.readouterr().err
    assert "Device cuda:99 can't be used" in said
    assert "`--device cpu`" in said
    assert list(tmp_path.iterdir()) == []


def test_that_the_first_gpu_that_computes_is_taken() -> None:
    gpus = [Gpu(index=0, name="old", why_not="too old"), Gpu(index=1, name="new")]
    assert chosen("cuda", lambda: gpus, lambda _: "") == "cuda:1"
    assert chosen("cpu", list, lambda _: "") == "cpu"
    with pytest.raises(NoDevice, match=r"Device cuda:0 can't be used: of old, too old"):
        chosen("cuda:0", lambda: gpus, lambda _: "")
    with pytest.raises(NoDevice, match="--device gpu: it is cuda, cuda:N, cpu or later"):
        chosen("gpu", lambda: gpus, lambda _: "")


def day(folder: Path, device: str = "cpu") -> Day:
    return Day(device=device, folder=folder, seconds=60)


def test_that_a_section_is_told_to_a_process_and_back(tmp_path: Path) -> None:
    assert Day.from_json(day(tmp_path, "cuda:1").to_json()) == day(tmp_path, "cuda:1")

    def section(_: Day) -> Found:
        found = Found(values={"a": 1})
        found.at_least("speed", 6.0, 5.0, " x")
        found.below("wait", 0.5, 0.03)
        return found

    said = answer(section, day(tmp_path))
    assert said["state"] == "failed"
    assert [check["passed"] for check in json.loads(json.dumps(said))["checks"]] == [True, False]
    text = table({"speed": said})
    assert "pass  speed    speed" in text
    assert "6 x (at least 5 x)" in text
    assert "0.5 (below 0.03)" in text


def test_that_a_section_says_why_it_was_skipped_or_failed(tmp_path: Path) -> None:
    def broken(_: Day) -> Found:
        raise ZeroDivisionError("of a kernel")

    def skipped(_: Day) -> Found:
        raise Skipped("there are no two GPUs")

    sections = {"one": answer(broken, day(tmp_path)), "two": answer(skipped, day(tmp_path))}
    assert [each["state"] for each in sections.values()] == ["failed", "skipped"]
    first, one, two = table(sections).splitlines()
    assert first.split() == ["section", "what", "found"]
    assert one.endswith("ZeroDivisionError: of a kernel")
    assert two.endswith("there are no two GPUs")


MEASURED: dict[str, Any] = {
    "images_per_s_ours": 1200.0,
    "ratio": 6.0,
    "model_flops_utilisation": 0.4,
    "data_wait_share": 0.01,
}


def test_that_speed_is_held_against_the_bars() -> None:
    found = judged(MEASURED, is_gpu=True)
    passed = {check.name: check.passed for check in found.checks}
    assert passed == {
        "speed": None,
        "times the reference": True,
        "of the measured peak": False,
        "wait for data": True,
    }
    on_cpu = judged({"images_per_s_ours": 3.0}, is_gpu=False)
    assert [check.passed for check in on_cpu.checks] == [None]


def test_that_the_cpu_has_no_limit_of_memory_to_run_into(tmp_path: Path) -> None:
    assert "no limit" in answer(out_of_memory, day(tmp_path))["why"]


def test_that_the_costliest_gaps_are_printed() -> None:
    gap = {"start_us": 1500.0, "length_us": 250.0, "after": "mm", "before": "add", "during": "x"}
    (line,) = gap_lines({"profile": {"values": {"gaps": [gap]}}})
    words = "CPU in x, between mm and add"
    assert line.split() == ["250.0", "us", "at", "1.500", "ms,", *words.split()]
    assert gap_lines({}) == []
