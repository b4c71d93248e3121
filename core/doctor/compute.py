"""What torch can compute on: processor, threads, GPUs."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.doctor.finding import Finding

_PCI = Path("/sys/bus/pci/devices")
_PCI_VENDORS = {"0x10de": "NVIDIA", "0x1002": "AMD"}


@dataclass(frozen=True, kw_only=True)
class ComputeFacts:
    """What torch says of itself and of the machine.

    Attributes:
        error: Why torch can't be imported; empty when it can.
        cuda_build: CUDA that torch was built for (`13.0`); None for other builds.
        hip_build: The same for ROCm.
        built_for: What kinds of GPU the build has kernels for, as torch names them (`sm_86`).
        gpus: Names of the GPUs that torch can use.
        devices: What torch calls them, such as `cuda:1`, in the same order.
        refused: Of GPUs that torch sees and can't use: name, why not, what to do.
        kind: `cuda`, `mps`, `xpu` or `cpu`: what a run will use.
        has_mps: Whether this torch was built for Apple's GPUs.
        cpu_name: The processor.
        num_cores: Logical cores that this process may use.
        num_threads: Threads that torch will use.
        cpu_bfloat16: Whether the CPU multiplies bfloat16 in hardware.
        cards: Makers of graphics cards on the PCI bus, where the system tells.
    """

    error: str = ""
    cuda_build: str | None = None
    hip_build: str | None = None
    built_for: tuple[str, ...] = ()
    gpus: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    refused: tuple[tuple[str, str, str], ...] = ()
    kind: str = "cpu"
    has_mps: bool = False
    cpu_name: str = ""
    num_cores: int = 1
    num_threads: int = 1
    cpu_bfloat16: bool = False
    cards: tuple[str, ...] = ()


def usable_cores() -> int:
    """Logical cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def judge_cpu(facts: ComputeFacts) -> Finding:
    """The processor and the precision it trains in."""
    cores = f"{facts.num_cores} core{'s' if facts.num_cores != 1 else ''} usable"
    precision = "bfloat16 in hardware" if facts.cpu_bfloat16 else "float32 (no bfloat16)"
    return Finding("CPU", f"{facts.cpu_name or 'CPU'}, {cores}, {precision}")


def judge_threads(facts: ComputeFacts, environ: Mapping[str, str]) -> Finding:
    """Whether a setting keeps torch from using the cores."""
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    given = [f"{name}={environ[name]}" for name in names if environ.get(name)]
    value = f"torch uses {facts.num_threads} for {facts.num_cores} cores"
    if given:
        value += f" ({', '.join(given)})"
    # Half the logical cores is torch's own choice where two share one physical core.
    if given and facts.num_threads < facts.num_cores / 2:
        advice = "Unset the variable to use all cores, or set runtime.threads."
        return Finding("Threads", value, "warning", advice)
    return Finding("Threads", value)


def graphics_cards(folder: Path = _PCI) -> tuple[str, ...]:
    """Makers of display controllers (PCI class 03) on this machine; Linux only."""
    makers = set()
    for device in folder.glob("*"):
        try:
            kind = (device / "class").read_text(encoding="ascii").strip()
            vendor = (device / "vendor").read_text(encoding="ascii").strip()
        except OSError:
            continue
        if kind.startswith("0x03") and vendor in _PCI_VENDORS:
            makers.add(_PCI_VENDORS[vendor])
    return tuple(sorted(makers))
