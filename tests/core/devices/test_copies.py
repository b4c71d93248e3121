"""How values come to a device, where no device is needed to know it."""

from typing import Any

import pytest
import torch

from core.devices.cuda import Cuda
from core.devices.kind import DeviceKind
from core.devices.table import kind_of
from core.training import feed
from core.training.feed import on_device


class Copied:
    """Stands for a tensor, and keeps how it was copied."""

    def to(self, device: torch.device, *, non_blocking: bool) -> tuple[str, bool]:
        return device.type, non_blocking


def test_that_a_mac_copies_nothing_from_pageable_memory_while_the_host_goes_on() -> None:
    # The host's buffer may be another batch by the time that it is read.
    mps = torch.device("mps")
    assert not kind_of(mps).copies_ahead
    copied: Any = Copied()
    assert on_device({"x": copied}, mps) == {"x": ("mps", False)}


@pytest.mark.parametrize("kind", ["mps", "xpu", "cpu"])
def test_that_only_kinds_that_pin_copy_ahead(kind: str) -> None:
    found = kind_of(torch.device(kind))
    assert not found.copies_ahead
    values = torch.ones(2)
    assert found.pin(values) is values


def test_that_batches_are_copied_as_their_kind_says(monkeypatch: pytest.MonkeyPatch) -> None:
    cuda: DeviceKind = Cuda()
    monkeypatch.setattr(feed, "kind_of", lambda device: cuda)
    copied: Any = Copied()
    assert on_device({"x": copied}, torch.device("cuda")) == {"x": ("cuda", True)}
