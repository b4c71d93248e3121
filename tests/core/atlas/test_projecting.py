"""Features on a plane: near stays near, and the maps of several encoders fit."""

import numpy as np
import pytest

from core.atlas.projecting import Watching, project
from core.system.stopping import Stopped


def groups(sizes: tuple[int, ...], seed: int) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    of = np.repeat(np.arange(len(sizes)), sizes)
    centres = draw.normal(size=(len(sizes), 16))
    return (centres[of] + draw.normal(scale=0.1, size=(len(of), 16))).astype(np.float32), of


def test_that_groups_lie_apart_and_stay_where_they_were() -> None:
    values, of = groups((30, 30, 30), seed=0)
    turn = np.linalg.qr(np.random.default_rng(2).normal(size=(16, 16)))[0]
    # The same to a turn and a mirror: an encoder is free to choose its axes.
    other = (values @ turn).astype(np.float32)
    first, second = project([values, other], 0, Watching())
    for places in (first, second):
        centres = np.stack([places[of == each].mean(axis=0) for each in range(3)])
        within = max(float(np.ptp(places[of == each], axis=0).max()) for each in range(3))
        apart = min(
            float(np.linalg.norm(centres[a] - centres[b])) for a, b in ((0, 1), (1, 2), (0, 2))
        )
        assert apart > within
        moved = np.linalg.norm(
            centres - np.stack([first[of == each].mean(axis=0) for each in range(3)]), axis=1
        )
        assert moved.max() < apart / 4
    assert np.abs(first).max() <= 1.1


@pytest.mark.parametrize("count", [0, 1, 2, 5, 11, 12])
def test_that_few_points_have_places(count: int) -> None:
    values = np.random.default_rng(0).normal(size=(count, 4)).astype(np.float32)
    found = project([values, values[:, :3]], 0, Watching())
    assert found.shape == (2, count, 2)
    assert np.isfinite(found).all()


def test_that_copies_and_nothing_have_places() -> None:
    found = project([np.zeros((40, 8), np.float32), np.ones((40, 8), np.float32)], 0, Watching())
    assert np.isfinite(found).all()


def test_that_a_stopped_layout_goes_on_at_the_next_encoder() -> None:
    values, _ = groups((20, 20), seed=5)
    more = values[::-1].copy()
    told: list[str] = []

    def report(what: str, done: int, total: int) -> None:
        told.append(what)

    is_second = lambda: bool(told) and told[-1].endswith("(further)")  # noqa: E731
    with pytest.raises(Stopped):
        project([values, more], 1, Watching(("initial", "further"), report, is_second))
    told.clear()
    project([values, more], 1, Watching(("initial", "further"), report))
    assert set(told) == {"Laying out the map (further)"}
