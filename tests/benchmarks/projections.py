"""Libraries that lay a map of features: seconds, memory, and how many neighbours stay neighbours.

    uv run python -m tests.benchmarks.projections --points 2000 10000 100000
    uv run --with umap-learn python -m tests.benchmarks.projections --library umap
    uv run python -m tests.benchmarks.projections --run RUN

Each map is made in a process of its own. Ends in one line of JSON, explained in README.md beside
this file.
"""

import argparse
import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from tests.benchmarks.measure import versions

_WIDTH = 384
_GROUPS = 100
_INNER = 12  # Dimensions in which a group spreads.
_AMONG = 15
_LOOKED_AT = 1_000


def features(count: int) -> np.ndarray:
    """(N, 384) float32 features in groups, as those of an encoder are, drawn at random."""
    draw = np.random.default_rng(0)
    centres = draw.normal(size=(_GROUPS, _WIDTH))
    spread = draw.normal(size=(_GROUPS, _INNER, _WIDTH)) / np.sqrt(_INNER)
    group = draw.integers(0, _GROUPS, count)
    inner = draw.normal(size=(count, _INNER))
    found = np.empty((count, _WIDTH), np.float32)
    for each in range(_GROUPS):
        rows = group == each
        found[rows] = centres[each] + inner[rows] @ spread[each]
    return found + draw.normal(scale=0.3, size=found.shape).astype(np.float32)


def opentsne(values: np.ndarray) -> np.ndarray:
    """Ours, as the program calls it."""
    from core.atlas.projecting import Watching, project

    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        os.environ["REDISTILL_CACHE"] = folder
        found: np.ndarray = project([values], 0, Watching())[0]
    return found


def umap(values: np.ndarray) -> np.ndarray:
    """UMAP on as many principal components, otherwise as it comes; unseeded, as only then it uses
    all cores."""
    # Brought by --with: it is no dependency.
    library = importlib.import_module("umap")

    reduced = PCA(50, svd_solver="randomized", random_state=0).fit_transform(values)
    return np.asarray(library.UMAP(n_jobs=-1).fit_transform(reduced))


LIBRARIES: dict[str, Callable[[np.ndarray], np.ndarray]] = {"opentsne": opentsne, "umap": umap}


def kept(values: np.ndarray, found: np.ndarray) -> float:
    """The share of the nearest neighbours among the features that are so on the map."""
    some = np.random.default_rng(1).choice(len(values), min(_LOOKED_AT, len(values)), replace=False)
    near = [
        NearestNeighbors(n_neighbors=_AMONG + 1).fit(each).kneighbors(each[some])[1][:, 1:]
        for each in (values, found)
    ]
    pairs = zip(*near, strict=True)
    return float(np.mean([len(np.intersect1d(*pair)) / _AMONG for pair in pairs]))


def one(library: str, count: int) -> dict[str, Any]:
    """Make one map in this process."""
    values = features(count)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, busy = time.perf_counter(), time.process_time()
    found = LIBRARIES[library](values)
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "library": library,
        "points": count,
        "seconds": round(seconds, 1),
        "cpu_s": round(busy, 1),
        "peak_mib": peak // 1024,
        "before_mib": before // 1024,
        "kept": round(kept(values, found), 3),
    }


def aligned(path: Path) -> dict[str, Any]:
    """Maps of a run's encoders, as they are laid out and each by itself."""
    from core.atlas.encoders import encoders_of
    from core.atlas.laying import features_by
    from core.atlas.projecting import Watching, project
    from core.atlas.wanted import Wanted
    from core.run.folder import RunFolder

    run = RunFolder.open(path)
    features = features_by(Wanted(run), encoders_of(run)).features
    together = project(features, 0, Watching())
    found: dict[str, Any] = {}
    for number, encoder in enumerate(encoders_of(run)):
        alone = project([features[number]], 0, Watching())[0]
        step = together[number] - together[max(0, number - 1)]
        found[encoder.name] = {
            "kept": round(kept(features[number], together[number]), 3),
            "kept_alone": round(kept(features[number], alone), 3),
            "kept_by_the_first_map": round(kept(features[number], together[0]), 3),
            "moved": round(float(np.median(np.linalg.norm(step, axis=1))), 3),
        }
    return found


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Libraries that lay a map.")
    parser.add_argument("--points", type=int, nargs="+", default=[2_000, 10_000, 100_000])
    parser.add_argument("--library", choices=list(LIBRARIES), default="opentsne")
    parser.add_argument("--one", action="store_true", help="make the first map in this process")
    parser.add_argument("--run", type=Path, help="a run, whose encoders' maps are compared instead")
    asked = parser.parse_args()
    if asked.run is not None:
        found = {"benchmark": "projections", "run": asked.run.name, **aligned(asked.run)}
        print(json.dumps({**found, "versions": versions()}))
        return
    if asked.one:
        print(json.dumps(one(asked.library, asked.points[0])))
        return
    maps = []
    for count in asked.points:
        command = [sys.executable, "-m", __spec__.name, "--one", "--library", asked.library]
        out = subprocess.run(
            [*command, "--points", str(count)], check=True, stdout=subprocess.PIPE, text=True
        )
        maps.append(json.loads(out.stdout))
        print(maps[-1], file=sys.stderr)
    print(
        json.dumps(
            {
                "benchmark": "projections",
                "cpus": os.cpu_count(),
                "maps": maps,
                "versions": versions(),
            }
        )
    )


if __name__ == "__main__":
    main()
