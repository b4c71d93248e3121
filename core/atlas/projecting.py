"""Features laid out on a plane, near to near, and so that the maps of several encoders fit.

t-SNE (van der Maaten & Hinton 2008, Visualizing Data using t-SNE) as openTSNE has it, started from
the principal components (Kobak & Berens 2019, The art of using t-SNE for single-cell
transcriptomics). The map of the next encoder starts where the last one ended, so a point moves only
as far as its neighbours have changed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from core.atlas.kept import keep_places, kept_places, mark_of_features
from core.language import _
from core.system.progress import ProgressReport
from core.system.stopping import Stopped, never

# Directions that are looked at: what else varies hides neighbours more than it tells of them.
_COMPONENTS: Final = 50
_PERPLEXITY: Final = 30.0
# Of fewer points only the two main directions are shown.
_LEAST: Final = 12
# Iterations, exaggeration, momentum. Those of a map that goes on from another are fewer: it is laid
# out already, and may loosen a little first.
_FRESH: Final = ((250, 12.0, 0.5), (500, 1.0, 0.8))
_GOING_ON: Final = ((100, 4.0, 0.5), (250, 1.0, 0.8))
_START: Final = 1e-4
_EVERY: Final = 10
# Farther out than this share of all points is drawn nearer by no scale.
_REACH: Final = 0.999
# Points of which each neighbour is looked for, not one that is nearly so.
_EXACT: Final = 3_000


@dataclass(frozen=True)
class Watching:
    """Whom a projection tells how far it is, and asks whether to end.

    Attributes:
        names: Of the maps, for who is told.
        report: Told (what, done, total).
        stopped: Asked often.
        threads: How many work on it; -1: one for each core.
    """

    names: Sequence[str] = ()
    report: ProgressReport = lambda *_: None
    stopped: Callable[[], bool] = never
    threads: int = -1


def project(features: Sequence[np.ndarray], seed: int, watching: Watching) -> np.ndarray:
    """(S, N, 2) float32 places, between -1 and 1 but for a few that lie far out.

    Args:
        features: Of S encoders, each (N, D) of the same N examples; D may differ.
        seed: Of the layout.
        watching: See there.

    Raises:
        Stopped: Asked to end; the maps of encoders that were laid out are kept.
    """
    if not features or not len(features[0]):
        return np.zeros((len(features), 0, 2), np.float32)
    found: list[np.ndarray] = []
    for number, values in enumerate(features):
        name = watching.names[number] if watching.names else ""
        told = (
            _("Laying out the map ({name})").format(name=name) if name else _("Laying out the map")
        )
        # What it depends on: each map starts from those before.
        mark = mark_of_features(features[: number + 1], seed)
        places = kept_places(mark)
        if places is None or places.shape != (len(values), 2):
            before = found[-1] if found else None
            places = _laid_out(_components(values), before, seed, told, watching)
            keep_places(mark, places)
        found.append(places)
    return _scaled(found)


def _components(values: np.ndarray) -> np.ndarray:
    """(N, up to 50) main directions of features of length 1, as their likeness is by angle."""
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    x = values.astype(np.float64) / np.maximum(lengths, np.finfo(np.float32).tiny)
    x -= x.mean(axis=0)
    spread, directions = np.linalg.eigh(x.T @ x)
    chosen = directions[:, np.argsort(spread)[::-1][:_COMPONENTS]]
    # Which end of a direction is which would else be chance.
    chosen *= np.sign(chosen[np.abs(chosen).argmax(axis=0), np.arange(chosen.shape[1])])
    return np.ascontiguousarray(x @ chosen)


def _laid_out(
    x: np.ndarray, before: np.ndarray | None, seed: int, told: str, watching: Watching
) -> np.ndarray:
    """(N, 2) places of one encoder's examples, turned to fit those before."""
    draw = np.random.default_rng(seed)
    start = np.zeros((len(x), 2))
    start[:, : min(2, x.shape[1])] = x[:, :2]
    # Copies would lie on each other for good.
    start += draw.normal(scale=1e-3 * (start.std() or 1.0), size=start.shape)
    if len(x) < _LEAST:
        return start if before is None else _turned(start, before)
    if before is None:
        return _optimised(x, start * (_START / start[:, 0].std()), _FRESH, seed, told, watching)
    return _turned(_optimised(x, before, _GOING_ON, seed, told, watching), before)


def _optimised(
    x: np.ndarray,
    start: np.ndarray,
    phases: Sequence[tuple[int, float, float]],
    seed: int,
    told: str,
    watching: Watching,
) -> np.ndarray:
    # Late: they take seconds, and a map that is known needs none of them.
    from openTSNE import TSNEEmbedding
    from openTSNE.affinity import PerplexityBasedNN

    total, done = sum(phase[0] for phase in phases), 0

    def look(iteration: int, error: float, places: np.ndarray) -> None:
        del error, places
        watching.report(told, done + iteration, total)
        if watching.stopped():
            raise Stopped

    look(0, 0.0, start)
    common: dict[str, Any] = {"n_jobs": watching.threads, "random_state": seed}
    near = PerplexityBasedNN(
        x,
        perplexity=min(_PERPLEXITY, (len(x) - 1) / 3),
        method="exact" if len(x) <= _EXACT else "annoy",
        **common,
    )
    found = TSNEEmbedding(start, near, callbacks=look, callbacks_every_iters=_EVERY, **common)
    for iterations, exaggeration, momentum in phases:
        found.optimize(
            n_iter=iterations, exaggeration=exaggeration, momentum=momentum, inplace=True
        )
        done += iterations
    look(0, 0.0, start)
    return np.array(found, dtype=np.float64)


def _turned(places: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Places moved, turned and mirrored as a whole so that they fit others best (Procrustes)."""
    middle = before.mean(axis=0)
    x = places - places.mean(axis=0)
    left, _, right = np.linalg.svd(x.T @ (before - middle))
    found: np.ndarray = x @ (left @ right) + middle
    return found


def _scaled(maps: Sequence[np.ndarray]) -> np.ndarray:
    """All maps in one frame."""
    found = np.stack(maps)
    found -= found.mean(axis=(0, 1))
    reach = float(np.quantile(np.abs(found).max(axis=2), _REACH)) or 1.0
    scaled: np.ndarray = (found / reach).astype(np.float32)
    return scaled
