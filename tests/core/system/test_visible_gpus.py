"""Which GPUs CUDA shows, and what the driver calls them."""

import pytest

from core.system.nvml import seen_handles
from core.system.visible_gpus import ListedGpu, SeenGpu, seen_gpus

SLOW = ListedGpu(index=0, uuid="GPU-aaaa1111-00", speed=1.0)
FAST = ListedGpu(index=1, uuid="GPU-aaaa2222-00", speed=9.0)
CUT = ListedGpu(index=2, uuid="GPU-bbbb3333-00", speed=5.0, parts=("MIG-one", "MIG-two"))
BY_BUS = {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        (None, [(0, ""), (1, ""), (2, "MIG-one")]),
        ("1", [(1, "")]),
        ("1,0", [(1, ""), (0, "")]),
        (" 1 , 0 ", [(1, ""), (0, "")]),
        ("", []),
        ("-1", []),
        ("none", []),
        # What fits nothing ends the list.
        ("0,7,1", [(0, "")]),
        ("0,-1,1", [(0, "")]),
        # Twice the same: CUDA shows nothing.
        ("0,0", []),
        ("0,GPU-aaaa1", []),
        ("GPU-aaaa2222-00", [(1, "")]),
        ("GPU-aaaa2", [(1, "")]),
        # The beginning of two of them.
        ("GPU-aaaa", []),
        ("GPU-aaaa2,GPU-aaaa1", [(1, ""), (0, "")]),
        ("2", [(2, "MIG-one")]),
        ("MIG-two", [(2, "MIG-two")]),
        ("MIG-three", []),
    ],
)
def test_what_cuda_visible_devices_shows(
    setting: str | None, expected: list[tuple[int, str]]
) -> None:
    environ = dict(BY_BUS) if setting is None else {**BY_BUS, "CUDA_VISIBLE_DEVICES": setting}
    assert seen_gpus([SLOW, FAST, CUT], environ) == [SeenGpu(*each) for each in expected]


def test_that_cuda_counts_from_the_fastest_unless_told_otherwise() -> None:
    assert [gpu.index for gpu in seen_gpus([SLOW, FAST], {})] == [1, 0]
    assert seen_gpus([SLOW, FAST], {"CUDA_VISIBLE_DEVICES": "0"}) == [SeenGpu(1)]
    twins = [ListedGpu(index=index, uuid=f"GPU-{index}", speed=3.0) for index in range(3)]
    assert [gpu.index for gpu in seen_gpus(twins, {})] == [0, 1, 2]


class Driver:
    """Answers as NVML does, of two GPUs of which one is divided."""

    class NVMLError(Exception):
        pass

    NVML_CLOCK_SM = 1

    def nvmlDeviceGetCount(self) -> int:
        return 2

    def nvmlDeviceGetHandleByIndex(self, index: int) -> str:
        return f"gpu {index}"

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> str:
        return f"part {uuid}"

    def nvmlDeviceGetUUID(self, handle: str) -> str:
        return {"gpu 0": "GPU-a", "gpu 1": "GPU-b", "gpu 1 part 0": "MIG-x"}[handle]

    def nvmlDeviceGetNumGpuCores(self, handle: str) -> int:
        raise self.NVMLError

    def nvmlDeviceGetMaxMigDeviceCount(self, handle: str) -> int:
        if handle == "gpu 0":
            raise self.NVMLError
        return 7

    def nvmlDeviceGetMigDeviceHandleByIndex(self, handle: str, index: int) -> str:
        if index > 0:
            raise self.NVMLError
        return f"{handle} part {index}"


def test_that_handles_are_those_of_what_cuda_shows() -> None:
    assert seen_handles(Driver(), {}) == ["gpu 0", "part MIG-x"]
    assert seen_handles(Driver(), {"CUDA_VISIBLE_DEVICES": "1"}) == ["part MIG-x"]
    assert seen_handles(Driver(), {"CUDA_VISIBLE_DEVICES": "GPU-a"}) == ["gpu 0"]
    assert seen_handles(Driver(), {"CUDA_VISIBLE_DEVICES": "-1"}) == []
