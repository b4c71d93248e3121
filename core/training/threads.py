"""How many threads torch computes with."""

import os

import torch


def set_threads(asked: int | None) -> None:
    """As many as asked; of several processes on this machine each its share of the cores."""
    local = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    if asked is not None:
        torch.set_num_threads(asked)
    elif local > 1:
        # torchrun sets one thread per process; share the cores instead.
        torch.set_num_threads(max(1, (os.cpu_count() or 1) // local))
