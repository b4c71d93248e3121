"""Running a model over many examples, whatever memory allows."""

import numpy as np
import pytest
import torch
from accelerate import Accelerator

from core.errors import RunError
from core.stages.encode import encode, encode_blocks
from core.training.context import Adjustments, Interrupted, RunContext
from core.training.device import Hardware
from core.training.feed import Batch


class Counting:
    """Examples that are their own index."""

    def batch(self, indices: np.ndarray) -> Batch:
        return {"x": torch.from_numpy(indices).float()[:, None]}


@pytest.fixture(scope="module")
def hardware() -> Hardware:
    return Hardware(Accelerator(cpu=True, mixed_precision="no"), "CPU", "float32")


class Limited:
    """Runs out of memory above so many rows."""

    def __init__(self, most: int, error: type[Exception] = RuntimeError) -> None:
        self.most = most
        self.error = error
        self.sizes: list[int] = []

    def __call__(self, batch: Batch) -> torch.Tensor:
        rows = len(batch["x"])
        if rows > self.most:
            raise self.error("DefaultCPUAllocator: can't allocate memory: you tried to …")
        self.sizes.append(rows)
        return 2 * batch["x"]


@pytest.mark.parametrize("error", [RuntimeError, pytest.param(MemoryError, marks=pytest.mark.slow)])
def test_that_blocks_are_halved_until_they_fit_and_nothing_is_lost(
    hardware: Hardware, error: type[Exception]
) -> None:
    compute = Limited(10, error)
    done: list[int] = []
    examples = np.arange(50, 150)
    result = encode(
        compute, Counting(), examples, hardware, None, what="the test", progress=done.append
    )
    np.testing.assert_array_equal(result[:, 0], 2 * examples)
    # 100 were too many, as were 50, 25 and 12.
    assert compute.sizes == [6] * 16 + [4]
    assert done[-1] == 100


def test_that_running_out_with_one_example_is_told_in_words(hardware: Hardware) -> None:
    with pytest.raises(RunError) as caught:
        list(encode_blocks(Limited(0), Counting(), np.arange(9), hardware, None, what="the probe"))
    assert caught.value.id == "out-of-memory"
    assert "the probe" in str(caught.value)


def test_that_other_errors_are_not_taken_for_a_lack_of_memory(hardware: Hardware) -> None:
    def broken(batch: Batch) -> torch.Tensor:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    with pytest.raises(RuntimeError, match="mat1"):
        list(encode_blocks(broken, Counting(), np.arange(9), hardware, None, what="x"))


def test_that_a_request_ends_it_between_two_blocks(hardware: Hardware, tmp_path) -> None:
    context = RunContext(lambda event: None, Adjustments(tmp_path / "adjustments.json"))
    blocks = encode_blocks(
        Limited(99), Counting(), np.arange(20), hardware, context, what="x", batch_size=8
    )
    assert len(next(blocks)) == 8
    context.request("pause")
    with pytest.raises(Interrupted):
        next(blocks)
