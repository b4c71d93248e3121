"""A look at the machine: what training will meet here, and why a GPU is not used.

Facts are gathered first and judged apart, so that every judgement can be tested on any machine.
"""

import os
import platform
from pathlib import Path

from core.doctor.compute import ComputeFacts, judge_cpu, judge_threads
from core.doctor.finding import Finding
from core.doctor.gpus import judge_gpus
from core.doctor.machine import judge_memory, judge_python, memory_facts
from core.doctor.network import judge_network
from core.doctor.nvidia import nvidia_facts
from core.doctor.packages import judge_packages
from core.doctor.places import judge_places

__all__ = ["ComputeFacts", "Finding", "examine"]


def examine(compute: ComputeFacts, folder: Path | None = None) -> list[Finding]:
    """Everything there is to say about this machine.

    Args:
        compute: What torch says (`core.training.compute_facts`).
        folder: Where runs will be written; the working directory unless given.
    """
    environ = dict(os.environ)
    return [
        judge_python(),
        *judge_packages(),
        *judge_gpus(compute, nvidia_facts(), environ, platform.system()),
        judge_cpu(compute),
        judge_threads(compute, environ),
        judge_memory(memory_facts()),
        *judge_places(folder or Path.cwd()),
        *judge_network(environ),
    ]
