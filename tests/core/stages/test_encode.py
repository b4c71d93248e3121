"""Running a model over many examples, whatever memory allows."""

import threading

import numpy as np
import pytest
import torch
from accelerate import Accelerator

from core.errors import RunError
from core.recipe import RuntimeRecipe
from core.stages.encode import encode, encode_blocks
from core.training.context import Adjustments, Interrupted, RunContext
from core.training.device import Hardware, set_up_hardware
from core.training.feed import Batch
from core.training.rows import bytes_of_row, rows_at_once
from tests.later.dlpack import NAME
from tests.later.kind import Later
from tests.later.process import on_later
from tests.later.waits import WAITS


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


def test_that_examples_are_read_while_others_are_computed(hardware: Hardware) -> None:
    second_is_read = threading.Event()

    class Telling(Counting):
        def batch(self, indices: np.ndarray) -> Batch:
            if 4 in indices:
                second_is_read.set()
            return super().batch(indices)

    def compute(batch: Batch) -> torch.Tensor:
        assert second_is_read.wait(30)
        return 2 * batch["x"]

    found = encode(compute, Telling(), np.arange(9), hardware, None, what="x", batch_size=4)
    np.testing.assert_array_equal(found[:, 0], 2 * np.arange(9))


def test_that_what_can_not_be_read_is_raised_where_it_is_asked_for(hardware: Hardware) -> None:
    class Gone(Counting):
        def batch(self, indices: np.ndarray) -> Batch:
            raise OSError("the disk was pulled out")

    with pytest.raises(OSError, match="pulled out"):
        encode(lambda batch: batch["x"], Gone(), np.arange(9), hardware, None, what="x")


def encoded_on_later() -> tuple[list[float], list[str], list[int], int]:
    """Twice each number, what the host waited for, and the sizes of blocks that were computed."""
    hardware = set_up_hardware(RuntimeRecipe(precision="float32"))
    assert hardware.device.type == NAME
    limited = Limited(300)
    row = bytes_of_row(tokens=4, width=64, values=16)
    size = rows_at_once(hardware.device, row)
    found = encode(limited, Counting(), np.arange(700), hardware, None, what="x", batch_size=size)
    waited = [what for what, where, _ in WAITS.seen if "encode" in where]
    return found[:, 0].tolist(), waited, limited.sizes, size


def test_that_a_device_gets_large_batches_and_waits_for_nothing_but_results() -> None:
    found, waited, sizes, size = on_later(encoded_on_later)
    assert found == [2.0 * number for number in range(700)]
    assert size == 1024
    # 700 were too many, as were all that are half of 700 and of what is left.
    assert max(sizes) <= 300
    assert set(waited) == {"event"}


def test_that_batches_get_smaller_with_the_memory_of_a_device() -> None:
    def rows(memory: int) -> int:
        return on_later(rows_on_later, later=Later(memory=memory))

    row = bytes_of_row(tokens=197, width=768, values=3 * 224 * 224)
    assert rows(1000 * row) == 256
    assert rows(10 * row) == 32
    assert rows_at_once(torch.device("cpu"), row) == 128


def rows_on_later() -> int:
    return rows_at_once(torch.device(NAME), bytes_of_row(197, 768, 3 * 224 * 224))
