"""A map made: features of its examples by each of its encoders, laid out so that they fit."""

import hashlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from core.atlas.doubts import suggested_of
from core.atlas.encoders import Encoder
from core.atlas.points import (
    Pointed,
    labels_of,
    likeness_of,
    listed_in,
    numbers_of,
    pointed,
    rows_of,
    splits_of,
    tags_of,
)
from core.atlas.projecting import Watching, project
from core.atlas.wanted import Wanted
from core.data.corrections import shown_name
from core.data.manifest import Example, Manifest, displayed
from core.data.splits import SPLIT_ORDER
from core.errors import RunError
from core.labeling.examples import (
    Looked,
    Only,
    Outside,
    looked_at_data,
    looked_at_run,
    positions_of,
)
from core.labeling.features import features_of
from core.language import _
from core.modalities import stages_of
from core.readers.atlas import Atlas
from core.run.folder import RunFolder
from core.stages.weights import load_encoder

# As much of a text as is shown beside its point.
_LONGEST: Final = 300


def laid_out(wanted: Wanted, whole: Manifest, encoders: Sequence[Encoder]) -> Atlas:
    """The map, made anew; but for its mark.

    Args:
        wanted: See there.
        whole: The manifest of all examples.
        encoders: Those that it is made by.

    Raises:
        RunError: Files are damaged, or there is no example to show (`map-empty`).
        Stopped: Asked to end; features and layouts that were computed are kept.
    """
    looked_at = features_by(wanted, encoders, whole)
    names = [each.name for each in encoders]
    watching = Watching(names, wanted.report, wanted.stopped)
    seed = wanted.recipe.seed
    places = project(looked_at.features, seed, watching)
    described = _described(wanted, whole, looked_at.listed)
    suggested = described.suggested
    if not isinstance(wanted.asked, RunFolder):
        wanted.report(_("Looking for labels to doubt"), 0, 0)
        first = looked_at.features[0]
        suggested = suggested_of(whole, looked_at.listed, described.label, first, seed)
    return replace(
        described,
        suggested=suggested,
        encoders=tuple(names),
        places=places,
        num_left_out=looked_at.num_left_out,
    )


@dataclass(frozen=True, eq=False)
class LookedAt:
    """What encoders make of examples.

    Attributes:
        listed: The N examples.
        features: (N, D) by each encoder.
        num_left_out: Other examples: there are too many, or they can't be read.
    """

    listed: list[Example]
    features: list[np.ndarray]
    num_left_out: int


def features_by(
    wanted: Wanted, encoders: Sequence[Encoder], whole: Manifest | None = None
) -> LookedAt:
    """Have every encoder look at the examples; arguments and errors as of `laid_out`."""
    recipe = wanted.recipe
    chosen: list[Pointed] = []

    def only(manifest: Manifest) -> Manifest:
        found = pointed(manifest, wanted.data, recipe.data, most=wanted.most, seed=recipe.seed)
        if not found.manifest.labeled:
            raise RunError("map-empty", whose=_whose(wanted))
        chosen.append(found)
        return found.manifest

    told = _Told(wanted)
    outside = Outside(told.report, wanted.stopped)
    with _looking(wanted, only, outside, whole) as looked:
        examples, _ = positions_of(looked, SPLIT_ORDER)
        features = [_features(looked, each, examples, told) for each in encoders]
        is_there = ~np.isin(examples, np.fromiter(looked.examples.missing(), dtype=np.int64))
    listed = listed_in(chosen[0].manifest)
    return LookedAt(
        [listed[row] for row in np.flatnonzero(is_there)],
        [each[is_there] for each in features],
        chosen[0].num_left_out + int((~is_there).sum()),
    )


def _looking(
    wanted: Wanted, only: Only, outside: Outside, whole: Manifest | None
) -> AbstractContextManager[Looked]:
    stages = stages_of(wanted.recipe.modality)
    if isinstance(wanted.asked, RunFolder):
        return looked_at_run(wanted.asked, stages, only, outside)
    return looked_at_data(wanted.asked, stages, only, outside, whole)


def _whose(wanted: Wanted) -> str:
    if isinstance(wanted.asked, RunFolder):
        return f"the run {wanted.asked.path}"
    data = wanted.recipe.data
    return displayed(", ".join([*data.unlabeled, *filter(None, [data.labeled])]))


class _Told:
    """Says which encoder looks at examples."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self.encoder = ""

    def report(self, what: str, done: int, total: int) -> None:
        words = f"{what} ({self.encoder})" if self.encoder else what
        self._wanted.report(words, done, total)


def _features(looked: Looked, encoder: Encoder, examples: np.ndarray, told: _Told) -> np.ndarray:
    told.encoder = encoder.name
    if encoder.file is None:
        return features_of(looked, examples)
    load_encoder(looked.model, encoder.file)
    with encoder.file.open("rb") as file:
        weights = hashlib.file_digest(file, "sha256").hexdigest()
    key = hashlib.sha256(f"{looked.encoder} {weights}".encode()).hexdigest()[:32]
    return features_of(replace(looked, encoder=key), examples)


def _described(wanted: Wanted, whole: Manifest, listed: list[Example]) -> Atlas:
    """All of a map but where its points are."""
    texts, _ = wanted.data.texts_again(whole, listed, wanted.recipe.data)
    shown = [displayed(texts.get((each.root, each.path), "")[:_LONGEST]) for each in listed]
    return Atlas(
        kind=whole.kind,
        encoders=(),
        places=np.zeros((0, len(listed), 2), np.float32),
        classes=whole.classes,
        names=[shown_name(whole, each) for each in listed],
        files=[str(whole.absolute(each)) for each in listed],
        texts=shown if any(shown) else (),
        split=splits_of(listed),
        label=labels_of(listed, whole.classes)
        if whole.task.is_single
        else np.full(len(listed), -1, np.int32),
        tags=tags_of(listed, whole),
        number=numbers_of(listed, whole),
        row=rows_of(listed, whole),
        likeness=likeness_of(listed, whole),
        suggested=np.full(len(listed), -1, np.int32),
    )
