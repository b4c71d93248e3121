"""The GPUs of NVIDIA and AMD that torch sees, and which one this process takes."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import torch

from core.errors import RunError
from core.language import _
from core.system.kernels import Gpu, why_no_kernels


def gpus_here() -> list[Gpu]:
    """All that torch sees, each with the reason why it can't be used; starts nothing on them."""
    if not torch.cuda.is_available():
        return []
    built_for = torch.cuda.get_arch_list()
    return [_judged(_facts(index), built_for) for index in range(torch.cuda.device_count())]


def _facts(index: int) -> Gpu:
    properties: Any = torch.cuda.get_device_properties(index)
    if torch.version.hip:
        architecture = str(properties.gcnArchName).partition(":")[0]
        return Gpu(index=index, name=properties.name, architecture=architecture)
    capability = (int(properties.major), int(properties.minor))
    return Gpu(index=index, name=properties.name, capability=capability)


def _judged(gpu: Gpu, built_for: Sequence[str]) -> Gpu:
    return replace(gpu, why_not=why_no_kernels(gpu, built_for))


def why_it_fails(device: torch.device | int) -> str:
    """Compute something small on a GPU; why that fails, or nothing."""
    try:
        ones = torch.ones(16, 16, device=device)
        total = float((ones @ ones).sum())
    except RuntimeError as error:
        return f"it does not compute: {str(error).strip().splitlines()[0][:200]}"
    return "" if total == 16**3 else f"it computes wrongly: {total} where {16**3} is right"


def with_a_trial(gpus: Sequence[Gpu]) -> list[Gpu]:
    """The same, the first that should compute tried; if it does not, the next, and so on."""
    judged = list(gpus)
    for place, gpu in enumerate(judged):
        if gpu.why_not:
            continue
        judged[place] = replace(gpu, why_not=why_it_fails(gpu.index))
        if not judged[place].why_not:
            break
    return judged


def choose_gpu(
    asked: str,
    gpus: Sequence[Gpu],
    tried: Callable[[int], str],
    *,
    local_rank: int = 0,
    local_world: int = 1,
) -> Gpu | str:
    """The GPU of a process; where `auto` finds none, why.

    Args:
        asked: `auto`, `cuda` or `cuda:N`.
        gpus: All that torch sees.
        tried: Why a GPU fails to compute, by its index; empty when it does not.
        local_rank: Which of the processes on this machine this is: each has a GPU of its own.
        local_world: How many there are.

    Raises:
        RunError: There is none of that name, it can't be used, or there are too few.
    """
    index = asked.partition(":")[2]
    if index:
        return _this_one(asked, int(index), gpus, tried)
    usable = [gpu for gpu in gpus if not gpu.why_not]
    if usable and local_world > len(usable):
        raise RunError("too-many-processes", processes=local_world, devices=_counted(len(usable)))
    if usable and local_world > 1:
        mine = usable[local_rank].index
        return _this_one(f"cuda:{mine}", mine, gpus, tried)
    judged = []
    for gpu in gpus:
        why_not = gpu.why_not or tried(gpu.index)
        if not why_not:
            return gpu
        judged.append(replace(gpu, why_not=why_not))
    if asked == "auto":
        return why_none(judged)
    raise RunError("device-unavailable", device=asked, reason=why_none(judged))


def _this_one(asked: str, index: int, gpus: Sequence[Gpu], tried: Callable[[int], str]) -> Gpu:
    gpu = next((gpu for gpu in gpus if gpu.index == index), None)
    if gpu is None:
        reason = f"this machine has only {len(gpus)} of them" if gpus else why_none(gpus)
        raise RunError("device-unavailable", device=asked, reason=reason)
    why_not = gpu.why_not or tried(index)
    if why_not:
        raise RunError("device-unavailable", device=asked, reason=f"of {gpu.name}, {why_not}")
    return gpu


def why_none(gpus: Sequence[Gpu]) -> str:
    """Why no GPU is used, in words; of each that there is, its own reason."""
    if gpus:
        return "; ".join(dict.fromkeys(f"of {gpu.name}, {gpu.why_not}" for gpu in gpus))
    if torch.version.cuda is None and torch.version.hip is None:
        return _("the installed torch is a CPU build")
    return _("torch finds no NVIDIA or AMD GPU with a working driver")


def require_enough(kind: str, processes: int) -> None:
    """Refuse more processes than there are devices of a kind other than `cuda` and `cpu`.

    Raises:
        RunError: There are too few.
    """
    number = torch.xpu.device_count() if kind == "xpu" else 1
    if processes > number:
        raise RunError("too-many-processes", processes=processes, devices=_counted(number))


def _counted(number: int) -> str:
    return f"{number} GPU{'s' if number != 1 else ''}"


def place_of_process() -> tuple[int, int]:
    """(rank, number) of this process among those on this machine, as torch's launcher says."""
    return int(os.environ.get("LOCAL_RANK", "0")), int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
