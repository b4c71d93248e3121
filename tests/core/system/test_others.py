"""How busy other programs are."""

import os
import subprocess
import sys
import time

import pytest

from core.system.others import Others


def burn(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


@pytest.mark.slow
def test_that_own_work_is_not_that_of_others() -> None:
    cores = os.cpu_count() or 1
    others = Others()
    theirs = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(cores)]
    try:
        burn(1.0)
        beside = others.share()
    finally:
        for process in theirs:
            process.kill()
            process.wait()
    # One of them gets what this process leaves, whatever else is at work here.
    assert 0.2 < beside <= 1.0
    busy, own = Others(), time.process_time()
    began = time.monotonic()
    burn(0.5)
    own_share = (time.process_time() - own) / ((time.monotonic() - began) * cores)
    assert 0.0 <= busy.share() <= 1.05 - own_share
