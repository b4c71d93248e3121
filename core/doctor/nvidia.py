"""What the NVIDIA driver itself says: GPUs, their memory, and who else uses them."""

import os
from dataclasses import dataclass, field
from typing import Any

import psutil

from core.system.units import GIB


@dataclass(frozen=True, kw_only=True)
class GpuUser:
    """Another process on a GPU; `used_gib` is None where the system does not tell."""

    pid: int
    name: str
    used_gib: float | None


@dataclass(frozen=True, kw_only=True)
class NvidiaGpu:
    """One GPU as the driver sees it."""

    name: str
    total_gib: float
    free_gib: float
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


def nvidia_facts() -> NvidiaFacts:
    """Ask the driver (NVML); works without torch."""
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError_LibraryNotFound:
        return NvidiaFacts()
    except pynvml.NVMLError as error:
        return NvidiaFacts(problem=str(error))
    try:
        number = int(pynvml.nvmlSystemGetCudaDriverVersion_v2())
        return NvidiaFacts(
            driver=str(pynvml.nvmlSystemGetDriverVersion()),
            cuda=(number // 1000, number % 1000 // 10),
            gpus=[_gpu(pynvml, index) for index in range(pynvml.nvmlDeviceGetCount())],
        )
    except pynvml.NVMLError as error:
        return NvidiaFacts(problem=str(error))
    finally:
        pynvml.nvmlShutdown()


def _gpu(nvml: Any, index: int) -> NvidiaGpu:
    handle = nvml.nvmlDeviceGetHandleByIndex(index)
    memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    return NvidiaGpu(
        name=str(nvml.nvmlDeviceGetName(handle)),
        total_gib=memory.total / GIB,
        free_gib=memory.free / GIB,
        users=_users(nvml, handle),
    )


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
