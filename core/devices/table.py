"""The kinds of device there are."""

import torch

from core.devices.cuda import Cuda
from core.devices.kind import AddedKind, DeviceKind
from core.devices.others import Cpu, Mps, Xpu

_KINDS: dict[str, DeviceKind] = {kind.name: kind for kind in (Cuda(), Mps(), Xpu(), Cpu())}
_ADDED: dict[str, AddedKind] = {}


def kind_of(device: torch.device) -> DeviceKind:
    """The kind that a device is of."""
    return _ADDED.get(device.type) or _KINDS[device.type]


def give_back_everywhere() -> None:
    """Give back what the allocators of all devices keep."""
    for kind in (*_ADDED.values(), *_KINDS.values()):
        kind.give_back()


def add_kind(kind: AddedKind) -> None:
    """Add a kind whose devices this process has; it is what `auto` then takes."""
    _ADDED[kind.name] = kind


def added_kinds() -> dict[str, AddedKind]:
    """The kinds that were added, by torch's names of them."""
    return _ADDED
