"""What a card shows of a model, be it from the catalog or found out by the check helper."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.hub.catalog import CatalogEntry, entries_of
from core.hub.profiles import PROFILES, Profile
from core.language import _
from core.planning.fit import Fit
from core.planning.shapes import ModelShape, shapes_of
from core.recipe import Recipe
from core.recipe.modality import Modality, modalities, modality_named
from gui.words.numbers import bytes_in_words, duration

_BYTES_PER_PARAMETER = 4

_HUB, _OWN = _("from the hub"), _("your own")


@dataclass(frozen=True)
class ModelFacts:
    """A model.

    Attributes:
        name: As the recipe names it.
        title: As a card names it.
        what: In a few words.
        modality: What it learns from.
        shape: What decides its memory.
        num_bytes: Of the files; to download if it is not here.
        origin: Who trained it, on what.
        licence: Of the weights.
        repo: On the hub; empty for what is never downloaded.
        is_bundled: Whether it came with the program.
        profile: What it is to a newcomer; None for one that is not in the catalog.
    """

    name: str
    title: str
    what: str
    modality: Modality
    shape: ModelShape
    num_bytes: float
    origin: str
    licence: str
    repo: str
    is_bundled: bool = False
    profile: Profile | None = None

    def matches(self, words: str) -> bool:
        """Whether all words are somewhere in what is said of it."""
        learned = self.profile.learned if self.profile else ""
        said = f"{self.title} {self.name} {self.what} {self.origin} {self.licence} {learned}"
        return all(word in said.lower() for word in words.lower().split())

    def numbers(self) -> str:
        """`86 M parameters, 448 MB, input 224 px` or `…, up to 512 tokens`."""
        millions = self.shape.parameters / 1e6
        size = f"{millions:.1f}" if millions < 10 else f"{millions:.0f}"
        num_bytes = bytes_in_words(self.num_bytes)
        return _("{size} M parameters, {num_bytes}, {reads}").format(
            size=size, num_bytes=num_bytes, reads=self.shape.reads
        )

    def misfit(self, recipe: Recipe) -> str:
        """Why it can't be used with a setting; empty when it can."""
        why = self.shape.misfit(recipe)
        return f"{self.title} {why}" if why else ""


def catalog_facts() -> list[ModelFacts]:
    """All models of the catalog."""
    return [_of_entry(entry) for name in modalities() for entry in entries_of(name)]


def checked_facts(found: dict[str, Any]) -> ModelFacts:
    """What the check helper found out."""
    name, parameters = str(found["name"]), int(found["parameters"])
    modality = modality_named(found["examples"])
    shape = shapes_of(modality).shape_of_found(found)
    return ModelFacts(
        name=name,
        title=Path(name).name if Path(name).is_absolute() else name,
        what=f"{_HUB if found['repo'] else _OWN}, {shape.head}",
        modality=modality,
        shape=shape,
        num_bytes=int(found["download_bytes"]) or parameters * _BYTES_PER_PARAMETER,
        origin=str(found["origin"]),
        licence=str(found["licence"]),
        repo=str(found["repo"]),
    )


def fit_words(fit: Fit) -> tuple[str, str, str]:
    """Words, the role of a label, and an icon."""
    needed, free = bytes_in_words(fit.needed), bytes_in_words(fit.room.free)
    if fit.verdict == "fits":
        return (
            _("Fits: about {needed} of {free} free ({where})").format(
                needed=needed, free=free, where=fit.room.where
            ),
            "ok",
            "tick",
        )
    if fit.verdict == "in portions":
        words = _("Fits in small portions alone: about {needed}, {free} free ({where})").format(
            needed=needed, free=free, where=fit.room.where
        )
        return words, "warn", "attention"
    return (
        _("Does not fit: about {needed}, {free} free ({where})").format(
            needed=needed, free=free, where=fit.room.where
        ),
        "bad",
        "attention",
    )


def time_words(seconds: float | None, size: int | None, why_none: str = "") -> str:
    """How long the plan takes with it; rounded, for it is an estimate.

    Args:
        seconds: What it takes; None where that is not known.
        size: Side of its input in pixels, if not its own.
        why_none: Why it is not known, in a few words.
    """
    if seconds is None:
        read = _("Read at {size} px, near your images' own size").format(size=size) if size else ""
        return (
            f"{why_none}{'' if why_none.endswith('…') else '.'} {read}"
            if why_none and read
            else why_none + read
        )
    time = duration(_rounded(seconds)).removesuffix(" 00 min")
    return _("About {time} here{format} (an estimate)").format(
        time=time, format=_(", at {size} px").format(size=size) if size else ""
    )


def _rounded(seconds: float) -> float:
    """To one or two digits: more would promise what scaling can't keep."""
    for least, step in ((432_000, 86_400), (18_000, 3_600), (3_000, 600), (600, 300)):
        if seconds >= least:
            return float(step * round(seconds / step))
    return max(60.0, 60 * round(seconds / 60))


def _of_entry(entry: CatalogEntry) -> ModelFacts:
    modality, profile = modality_named(entry.kind), PROFILES[entry.name]
    return ModelFacts(
        name=entry.name,
        title=profile.title,
        what=entry.what,
        modality=modality,
        shape=shapes_of(modality).shape_of(entry),
        num_bytes=1e6 * entry.size_mb,
        origin=entry.origin,
        licence=entry.licence,
        repo=entry.repo,
        is_bundled=entry.source == "bundled",
        profile=profile,
    )
