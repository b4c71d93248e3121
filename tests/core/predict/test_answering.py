"""What a classifier answers does not depend on how much fits into memory, nor on precision."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from core.errors import RunError
from core.models.masked_model import Batch
from core.predict.answering import TOLERANCE, Answering
from core.predict.placing import Place, place_for
from core.recipe import RuntimeRecipe

CPU = Place(torch.device("cpu"), "float32", "CPU", 1)


class Net(nn.Module):
    """A linear classifier with room for some rows at once; it remembers how many it was given."""

    def __init__(self, room: int = 1000, scale: float = 1.0) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.head = nn.Linear(8, 3)
        with torch.no_grad():
            self.head.weight.mul_(scale)
        self.room, self.given = room, []
        self._lock = threading.Lock()

    def answers(self, batch: Batch) -> tuple[Tensor, ...]:
        x = batch["x"]
        with self._lock:
            self.given.append(len(x))
        if len(x) > self.room:
            raise torch.OutOfMemoryError("out of memory")
        return self.head(x).float().softmax(1), x


@pytest.fixture
def rows() -> Tensor:
    return torch.randn(50, 8, generator=torch.Generator().manual_seed(1))


def test_that_batches_are_halved_until_they_fit_and_stay_so(rows: Tensor) -> None:
    net = Net(room=13)
    answering = Answering(net, net.answers, CPU)
    probabilities, features = answering({"x": rows}, 32)
    with torch.no_grad():
        wanted = net.head(rows).softmax(1)
    np.testing.assert_allclose(probabilities, wanted, atol=1e-6)
    np.testing.assert_array_equal(features, rows)
    assert net.given == [50, 25, 12, 12, 12, 12, 2]
    answering({"x": rows[:20]}, 32)
    assert net.given[-2:] == [12, 8]
    # Rows of twice the size.
    answering({"x": rows[:9]}, 64)
    assert net.given[-2:] == [6, 3]


def test_that_no_room_for_one_row_is_said_in_words(rows: Tensor) -> None:
    net = Net(room=0)
    with pytest.raises(RunError) as caught:
        Answering(net, net.answers, CPU)({"x": rows[:4]}, 32)
    assert caught.value.id == "predict-memory"


def test_that_other_errors_are_no_lack_of_memory(rows: Tensor) -> None:
    net = Net()
    with pytest.raises(RuntimeError, match="shape"):
        Answering(net, net.answers, CPU)({"x": rows[:, :5]}, 32)
    assert net.given == [50]


def test_that_a_faster_precision_is_taken_where_answers_stay(rows: Tensor) -> None:
    net = Net()
    answering = Answering(net, net.answers, Place(CPU.device, "bfloat16", "CPU", 1))
    found = answering({"x": rows}, 32)[0]
    with torch.no_grad():
        wanted = net.head(rows).softmax(1).numpy()
    assert 0 < np.abs(found - wanted).max() <= TOLERANCE
    assert answering.words == "CPU, bfloat16"
    # Both ways once, then only the fast one.
    answering({"x": rows}, 32)
    assert net.given == [50, 50, 50]


def test_that_a_precision_that_moves_answers_is_left_in_words(rows: Tensor) -> None:
    net = Net(scale=300)
    answering = Answering(net, net.answers, Place(CPU.device, "bfloat16", "CPU", 1))
    found = answering({"x": rows}, 32)[0]
    with torch.no_grad():
        wanted = net.head(rows).softmax(1).numpy()
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    assert answering.words.startswith("CPU, float32; bfloat16 would move answers by 0.")


@pytest.mark.parametrize(("scale", "precision"), [(1, "bfloat16"), (300, "float32")])
def test_that_threads_go_on_while_one_checks_and_answer_alike(
    rows: Tensor, scale: float, precision: str
) -> None:
    net = Net(scale=scale)
    both = threading.Barrier(2)
    is_first = threading.local()

    def answers(batch: Batch) -> tuple[Tensor, ...]:
        # Each thread's first batch is computed while the other computes.
        if not getattr(is_first, "over", False):
            is_first.over = True
            both.wait(30)
        return net.answers(batch)

    answering = Answering(net, answers, Place(CPU.device, "bfloat16", "CPU", 2))
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda some: answering({"x": some}, 32)[0], [rows, rows]))
    with torch.no_grad():
        wanted = net.head(rows).softmax(1).numpy()
    for each in found:
        np.testing.assert_allclose(each, wanted, atol=TOLERANCE if scale == 1 else 1e-5)
    assert answering.words.startswith(f"CPU, {precision}")
    # One of them twice; the other's again where the check failed.
    assert net.given == [50] * (3 if scale == 1 else 4)


@pytest.fixture
def threads() -> Iterator[None]:
    """As many afterwards as before."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("threads")
def test_that_a_place_follows_the_request_then_the_recipe_then_the_machine() -> None:
    recipe = RuntimeRecipe(device="cpu", precision="float32", threads=3)
    assert place_for(recipe) == place_for(recipe, "cpu")
    assert (place_for(recipe).device.type, place_for(recipe).threads) == ("cpu", 3)
    elsewhere = place_for(RuntimeRecipe(device="xpu", precision="float32"))
    assert "xpu, which the recipe names, is not on this machine" in elsewhere.words
    with pytest.raises(RunError) as caught:
        place_for(recipe, "xpu")
    assert caught.value.id == "predict-device"
    assert "torch finds no xpu device" in caught.value.what
