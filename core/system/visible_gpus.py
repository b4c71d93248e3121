"""Which of NVIDIA's GPUs a process sees, and by which numbers: the driver counts otherwise.

`CUDA_VISIBLE_DEVICES` names them by number, by the beginning of a UUID, or as a part of a GPU
(MIG); the first becomes `cuda:0`. Numbers are CUDA's own, the fastest first, unless
`CUDA_DEVICE_ORDER` says `PCI_BUS_ID`: then they are the driver's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ListedGpu:
    """A GPU as the driver lists it.

    Attributes:
        index: The driver's number of it.
        uuid: `GPU-…`.
        speed: Anything that is larger for a faster one.
        parts: UUIDs (`MIG-…`) of the parts that it is divided into, if it is.
    """

    index: int
    uuid: str
    speed: float = 0.0
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class SeenGpu:
    """A GPU that a process sees: the driver's number of it, and which part, if it is divided."""

    index: int
    part: str = ""


def seen_gpus(listed: Sequence[ListedGpu], environ: Mapping[str, str]) -> list[SeenGpu]:
    """What CUDA shows, in its order: element N is the device `cuda:N`.

    As CUDA does it: the first name that fits nothing ends the list, and one that is there twice
    makes it empty. Of divided GPUs only the first part is seen, unless others are named.
    """
    numbered = _numbered(listed, environ)
    setting = environ.get("CUDA_VISIBLE_DEVICES")
    if setting is None:
        return [_whole(gpu) for gpu in numbered]
    seen: list[SeenGpu] = []
    for name in setting.split(","):
        found = _named(name.strip(), numbered)
        if found is None:
            break
        seen.append(found)
    return seen if len(set(seen)) == len(seen) else []


def _numbered(listed: Sequence[ListedGpu], environ: Mapping[str, str]) -> list[ListedGpu]:
    if environ.get("CUDA_DEVICE_ORDER") == "PCI_BUS_ID":
        return list(listed)
    return sorted(listed, key=lambda gpu: -gpu.speed)


def _whole(gpu: ListedGpu) -> SeenGpu:
    return SeenGpu(gpu.index, gpu.parts[0] if gpu.parts else "")


def _named(name: str, numbered: Sequence[ListedGpu]) -> SeenGpu | None:
    if name.isdecimal():
        number = int(name)
        return _whole(numbered[number]) if number < len(numbered) else None
    if name.startswith("MIG-"):
        found = [
            SeenGpu(gpu.index, part)
            for gpu in numbered
            for part in gpu.parts
            if part.startswith(name)
        ]
    elif name.startswith("GPU-"):
        found = [_whole(gpu) for gpu in numbered if gpu.uuid.startswith(name)]
    else:
        found = []
    return found[0] if len(found) == 1 else None
