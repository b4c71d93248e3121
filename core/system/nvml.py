"""NVIDIA's driver, asked without torch (NVML)."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from typing import Any

from core.system.visible_gpus import ListedGpu, seen_gpus


@contextlib.contextmanager
def driver() -> Iterator[Any]:
    """The module `pynvml`, ready for questions.

    Raises:
        pynvml.NVMLError: There is no driver, or it does not answer.
    """
    import pynvml

    pynvml.nvmlInit()
    try:
        yield pynvml
    finally:
        pynvml.nvmlShutdown()


def listed_gpus(nvml: Any) -> list[ListedGpu]:
    """All GPUs of the machine."""
    return [_listed(nvml, index) for index in range(nvml.nvmlDeviceGetCount())]


def seen_handles(nvml: Any, environ: Mapping[str, str] = os.environ) -> list[Any]:
    """Handles of the GPUs, or parts of them, that CUDA shows: element N is `cuda:N`."""
    return [
        nvml.nvmlDeviceGetHandleByUUID(gpu.part)
        if gpu.part
        else nvml.nvmlDeviceGetHandleByIndex(gpu.index)
        for gpu in seen_gpus(listed_gpus(nvml), environ)
    ]


def _listed(nvml: Any, index: int) -> ListedGpu:
    handle = nvml.nvmlDeviceGetHandleByIndex(index)
    return ListedGpu(
        index=index,
        uuid=str(nvml.nvmlDeviceGetUUID(handle)),
        speed=_speed(nvml, handle),
        parts=_parts(nvml, handle),
    )


def _speed(nvml: Any, handle: Any) -> float:
    """Cores times clock; 0 where the driver does not tell."""
    try:
        cores = nvml.nvmlDeviceGetNumGpuCores(handle)
        return float(cores * nvml.nvmlDeviceGetMaxClockInfo(handle, nvml.NVML_CLOCK_SM))
    except nvml.NVMLError:
        return 0.0


def _parts(nvml: Any, handle: Any) -> tuple[str, ...]:
    try:
        number = nvml.nvmlDeviceGetMaxMigDeviceCount(handle)
    except nvml.NVMLError:
        return ()
    parts = []
    for index in range(number):
        # Places for parts that are not there.
        with contextlib.suppress(nvml.NVMLError):
            part = nvml.nvmlDeviceGetMigDeviceHandleByIndex(handle, index)
            parts.append(str(nvml.nvmlDeviceGetUUID(part)))
    return tuple(parts)
