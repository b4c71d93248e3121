"""The watch on what tests cost: that it names what is too dear, and counts whoever computes."""

import subprocess
import sys

import pytest

from tests.helpers.cost import spent_s, too_dear

BURN = "import time\nwhile time.process_time() < 0.5: pass\nprint('done', flush=True)\ninput()"


def test_that_what_costs_too_much_is_named() -> None:
    spent = {
        "a.py::dear": {"setup": 1.0, "call": 16.0},
        "a.py::made_for_others": {"setup": 29.0, "call": 14.0},
        "b.py::made_too_dear": {"setup": 31.0},
    }
    assert too_dear(spent) == [
        "TOO DEAR a.py::dear: 16 CPU s of call; at most 15 unless marked slow",
        "TOO DEAR b.py::made_too_dear: 31 CPU s of setup; at most 30 unless marked slow",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only children that ended are known")
def test_that_a_child_counts_once_while_it_runs_and_when_it_has_ended() -> None:
    before = spent_s()
    with subprocess.Popen(
        [sys.executable, "-c", BURN], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdout.readline()
        running = spent_s() - before
        child.stdin.write(b"\n")
    assert running > 0.45
    # Beside what this process itself has done meanwhile.
    assert running <= spent_s() - before < running + 0.4
