"""What a card shows of a model, be it from the catalog or found out by the check helper."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.hub.catalog import CatalogEntry, entries_of
from core.planning.fit import Fit, Shape, shape_of
from core.text.shape import TextShape, text_shape_of
from gui.words.modality import Kind
from gui.words.numbers import bytes_in_words

_BYTES_PER_PARAMETER = 4
_DECODERS = {True: "with its decoder", False: "without decoder"}


@dataclass(frozen=True)
class ModelFacts:
    """A model.

    Attributes:
        name: As the recipe names it.
        title: As a card names it.
        what: In a few words.
        shape: What decides its memory.
        num_bytes: Of the files; to download if it is not here.
        origin: Who trained it, on what.
        licence: Of the weights.
        repo: On the hub; empty for what is never downloaded.
        is_bundled: Whether it came with the program.
    """

    name: str
    title: str
    what: str
    shape: Shape | TextShape
    num_bytes: float
    origin: str
    licence: str
    repo: str
    is_bundled: bool = False

    @property
    def kind(self) -> Kind:
        """What it learns from."""
        return "text" if isinstance(self.shape, TextShape) else "images"

    def numbers(self) -> str:
        """`86 M parameters, 448 MB, input 224 px` or `…, up to 512 tokens`."""
        millions = self.shape.parameters / 1e6
        size = f"{millions:.1f}" if millions < 10 else f"{millions:.0f}"
        num_bytes = bytes_in_words(self.num_bytes)
        if isinstance(self.shape, TextShape):
            reads = f"up to {self.shape.max_length:,} tokens"
        else:
            reads = f"input {self.shape.input_size} px"
        return f"{size} M parameters, {num_bytes}, {reads}"


def catalog_facts() -> list[ModelFacts]:
    """All models of the catalog."""
    return [_of_entry(entry) for kind in ("images", "text") for entry in entries_of(kind)]


def checked_facts(found: dict[str, Any]) -> ModelFacts:
    """What the check helper found out."""
    name, parameters = str(found["name"]), int(found["parameters"])
    shape: Shape | TextShape
    if found["examples"] == "text":
        numbers = ("parameters", "width", "depth", "vocabulary", "max_length")
        shape, part = TextShape(**{key: int(found[key]) for key in numbers}), "with its head"
    else:
        has_decoder = not found["decoder_is_fresh"]
        numbers = ("parameters", "embed_dim", "depth", "patch", "input_size")
        values = {key: int(found[key]) for key in numbers}
        shape, part = Shape(**values, has_decoder=has_decoder), _DECODERS[has_decoder]
    return ModelFacts(
        name=name,
        title=Path(name).name if Path(name).is_absolute() else name,
        what=f"{'from the hub' if found['repo'] else 'your own'}, {part}",
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
        return f"Fits: about {needed} of {free} free ({fit.room.where})", "ok", "tick"
    if fit.verdict == "in portions":
        words = f"Fits in smaller portions, slower: about {needed}, {free} free ({fit.room.where})"
        return words, "warn", "attention"
    return f"Too large: about {needed}, {free} free ({fit.room.where})", "bad", "attention"


def _of_entry(entry: CatalogEntry) -> ModelFacts:
    return ModelFacts(
        name=entry.name,
        title=entry.name,
        what=entry.what,
        shape=text_shape_of(entry) if entry.kind == "text" else shape_of(entry),
        num_bytes=1e6 * entry.size_mb,
        origin=entry.origin,
        licence=entry.licence,
        repo=entry.repo,
        is_bundled=entry.source == "bundled",
    )
