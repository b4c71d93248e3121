"""How threads that compute together wait for each other: said before torch is loaded."""

import os

# What libgomp takes by itself where nobody says anything.
SPINS = "300000"


def let_threads_spin() -> None:
    """Let the threads of this process spin on each other; call it before torch is imported.

    Only for a process that watches out for other programs (`core.training.waiting`): on its own
    this makes training beside them several times slower. Who sets `GOMP_SPINCOUNT` or another
    `OMP_WAIT_POLICY` than `core/__init__.py` keeps what was set.
    """
    if os.environ.get("OMP_WAIT_POLICY") == "PASSIVE":
        os.environ.setdefault("GOMP_SPINCOUNT", SPINS)
