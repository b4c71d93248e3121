"""What the NVIDIA driver itself says: GPUs, their memory, and who else uses them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import psutil

from core.system.nvml import driver, listed_gpus
from core.system.units import GIB
from core.system.visible_gpus import seen_gpus


@dataclass(frozen=True, kw_only=True)
class GpuUser:
    """Another process on a GPU; `used_gib` is None where the system does not tell."""

    pid: int
    name: str
    used_gib: float | None


@dataclass(frozen=True, kw_only=True)
class NvidiaGpu:
    """One GPU as the driver sees it.

    Attributes:
        capability: Its compute capability; None where the driver does not tell.
        is_seen: Whether CUDA shows it to our processes (`CUDA_VISIBLE_DEVICES`).
    """

    name: str
    total_gib: float
    free_gib: float
    capability: tuple[int, int] | None = None
    is_seen: bool = True
    users: list[GpuUser] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class NvidiaFacts:
    """The driver and its GPUs.

    Attributes:
        driver: Its version; None when there is none.
        cuda: Newest CUDA it can run, as (major, minor).
        gpus: All GPUs, whether torch may use them or not.
        problem: Why the driver could not be asked, in its words; empty when it could.
    """

    driver: str | None = None
    cuda: tuple[int, int] | None = None
    gpus: list[NvidiaGpu] = field(default_factory=list)
    problem: str = ""


def nvidia_facts(environ: Mapping[str, str] = os.environ) -> NvidiaFacts:
    """Ask the driver (NVML); works without torch."""
    import pynvml

    try:
        with driver() as nvml:
            number = int(nvml.nvmlSystemGetCudaDriverVersion_v2())
            listed = listed_gpus(nvml)
            seen = {gpu.index for gpu in seen_gpus(listed, environ)}
            return NvidiaFacts(
                driver=str(nvml.nvmlSystemGetDriverVersion()),
                cuda=(number // 1000, number % 1000 // 10),
                gpus=[_gpu(nvml, gpu.index, is_seen=gpu.index in seen) for gpu in listed],
            )
    except pynvml.NVMLError_LibraryNotFound:
        return NvidiaFacts()
    except pynvml.NVMLError as error:
        return NvidiaFacts(problem=str(error))


def _gpu(nvml: Any, index: int, *, is_seen: bool) -> NvidiaGpu:
    handle = nvml.nvmlDeviceGetHandleByIndex(index)
    memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    return NvidiaGpu(
        name=str(nvml.nvmlDeviceGetName(handle)),
        total_gib=memory.total / GIB,
        free_gib=memory.free / GIB,
        capability=_capability(nvml, handle),
        is_seen=is_seen,
        users=_users(nvml, handle),
    )


def _capability(nvml: Any, handle: Any) -> tuple[int, int] | None:
    try:
        major, minor = nvml.nvmlDeviceGetCudaComputeCapability(handle)
    except nvml.NVMLError:
        return None
    return (int(major), int(minor))


def _users(nvml: Any, handle: Any) -> list[GpuUser]:
    """Other processes on the GPU, the largest first; empty where the driver does not tell."""
    processes = []
    for asked in (
        nvml.nvmlDeviceGetComputeRunningProcesses,
        nvml.nvmlDeviceGetGraphicsRunningProcesses,
    ):
        try:
            processes += asked(handle)
        except nvml.NVMLError:
            continue
    users = {
        process.pid: GpuUser(
            pid=process.pid,
            name=_process_name(process.pid),
            used_gib=None if process.usedGpuMemory is None else process.usedGpuMemory / GIB,
        )
        for process in processes
        if process.pid != os.getpid()
    }
    return sorted(users.values(), key=lambda user: -(user.used_gib or 0.0))


def _process_name(pid: int) -> str:
    try:
        return psutil.Process(pid).name()
    except psutil.Error:
        return "a process of another user or container"
