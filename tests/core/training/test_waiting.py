"""Threads spin only on a quiet machine: seen from outside, in processes of their own."""

import json
import os
import subprocess
import sys
import textwrap

import pytest

from core.training.waiting import Spent, Switch

_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads never spin")


def _told_by(script: str, **environment: str) -> dict[str, float]:
    """What a new Python process says in JSON; libgomp reads its settings when it is loaded."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("GOMP", "OMP"))}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    told: dict[str, float] = json.loads(done.stdout)
    return told


def test_threads_sleep_until_it_has_been_quiet_and_at_once_when_it_is_busy() -> None:
    switch = Switch(spare=0)
    asked = [0.0, 0.1, 0.0, 0.9, 0.0, 0.0]
    assert [switch.sleeps(others) for others in asked] == [True, False, False, True, True, False]


def test_cores_that_we_leave_to_others_may_be_busy() -> None:
    switch = Switch(spare=6)
    assert [switch.sleeps(others) for others in (5.9, 6.1, 6.4)] == [True, False, True]


def test_what_others_compute_is_what_this_process_does_not() -> None:
    before = Spent(at=10.0, all=100.0, own=50.0)
    after = Spent(at=12.0, all=103.0, own=52.0)
    assert after.others_since(before) == 0.5
    # The two clocks tick differently: own time may run ahead of what the system has counted.
    assert Spent(at=12.0, all=101.0, own=52.0).others_since(before) == 0.0


@pytest.mark.slow
@_LINUX
def test_another_busy_process_is_seen() -> None:
    burner = subprocess.Popen([sys.executable, "-c", "print(flush=True)\nwhile True: pass"])
    try:
        told = _told_by("""
            import json, time
            from core.training.waiting import Spent
            before = Spent.now(); time.sleep(2)
            print(json.dumps({"others": Spent.now().others_since(before)}))
        """)
    finally:
        burner.kill()
        burner.wait()
    # How much of a core it gets is not ours to say: the suite runs beside other programs.
    assert told["others"] > 0.2


@pytest.mark.slow
@_LINUX
def test_an_idle_team_outnumbers_the_cores_and_leaves_no_trace() -> None:
    told = _told_by("""
        import json, os, time
        import torch
        from core.training.waiting import IdleTeam
        torch.set_num_threads(2)
        (torch.zeros(1 << 20) + 1).sum()
        def count(): return len(os.listdir("/proc/self/task"))
        before = count()
        team = IdleTeam()
        held = count()
        team.let_go()
        # The system ends its threads a moment after the one that led them.
        until = time.monotonic() + 30
        while count() > before and time.monotonic() < until:
            time.sleep(0.01)
        print(json.dumps({
            "cores": os.cpu_count(), "held": held - before, "left": count() - before,
            "threads": torch.get_num_threads(),
        }))
    """)
    assert told["held"] >= told["cores"]
    assert told["left"] == 0
    assert told["threads"] == 2


@_LINUX
@pytest.mark.parametrize(
    ("said", "spins"),
    [
        ({}, "300000"),
        ({"GOMP_SPINCOUNT": "0"}, "0"),
        ({"OMP_WAIT_POLICY": "ACTIVE"}, None),
    ],
)
def test_what_the_user_set_is_kept(said: dict[str, str], spins: str | None) -> None:
    told = _told_by(
        """
        import json, os
        from core.system.waiting import let_threads_spin
        let_threads_spin()
        print(json.dumps(os.environ.get("GOMP_SPINCOUNT")))
        """,
        **said,
    )
    assert told == spins


@pytest.mark.slow
@_LINUX
@pytest.mark.parametrize(
    ("said", "watches"),
    [
        ({}, 1),
        # What the user set is kept, says the test above.
        pytest.param({"GOMP_SPINCOUNT": "infinite"}, 0, marks=pytest.mark.slow),
        pytest.param({"GOMP_SPINCOUNT": "5k"}, 0, marks=pytest.mark.slow),
    ],
)
def test_only_our_own_spinning_is_switched(said: dict[str, str], watches: int) -> None:
    told = _told_by(
        """
        import json, threading
        from core.system.waiting import let_threads_spin
        let_threads_spin()
        from core.recipe import RuntimeRecipe
        from core.training.device import set_up_hardware
        set_up_hardware(RuntimeRecipe(device="cpu", threads=2))
        set_up_hardware(RuntimeRecipe(device="cpu", threads=2))
        print(json.dumps(sum(thread.name == "waiting" for thread in threading.enumerate())))
        """,
        **said,
    )
    assert told == watches


@_LINUX
@pytest.mark.slow
def test_waiting_threads_burn_nothing_while_a_team_is_held() -> None:
    """Needs a quiet machine: it measures how much processor a thread takes while it waits."""
    told = _told_by("""
        import json, time
        from core.system.waiting import let_threads_spin
        let_threads_spin()
        import torch
        from core.training.waiting import IdleTeam
        torch.set_num_threads(2)
        x = torch.randn(1 << 20)
        def share():
            start, spent = time.perf_counter(), time.process_time()
            for _ in range(400):
                x.mul(1.01); time.sleep(0.001)
            return (time.process_time() - spent) / (time.perf_counter() - start)
        free = share(); team = IdleTeam(); held = share(); team.let_go(); again = share()
        print(json.dumps({"free": free, "held": held, "again": again}))
    """)
    assert told["held"] < 0.6 * told["free"]
    assert told["held"] < 0.6 * told["again"]
