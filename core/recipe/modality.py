"""What examples are: images, texts, or whatever else has a package of its own.

A modality is a package (`core.images`) and a line in `_PACKAGES`. Its module `about` holds a
`Modality`, which is everything that recipes and words need and loads nothing; what trains,
exports and predicts is found by `core.modalities`.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any, Literal

from core.language import _
from core.recipe.families import UNKNOWN

_PACKAGES = ("core.images", "core.text")
# Packages of modalities that live elsewhere, comma-separated. The environment, because each of
# our processes must know them.
MORE_MODALITIES = "REDISTILL_MODALITIES"
# What a recipe says that leaves it to the folders.
AUTO = "auto"
# What the presets for everyone have: a stage that makes the encoder worse ends early, and the best
# one is kept, what it started from among them.
NO_HARM: Mapping[str, Any] = MappingProxyType({"stop_early": True, "keep": "best"})
# Of further pre-training: what suits the encoder, in the part of it with which that was measured.
SUITED: Mapping[str, Any] = MappingProxyType({"objective": AUTO, "train": AUTO})
# Of self-distillation: a distance that weighs much the same with every model, and what the model
# itself is read by (`tests/benchmarks/README.md`).
SCALE_FREE: Mapping[str, Any] = MappingProxyType(
    {"distance": "smooth_l1", "weight": 1.0, "match": AUTO}
)

Sections = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class ModelWords:
    """How models that are not on the list are asked for.

    Attributes:
        title: Of the field, with its mnemonic.
        placeholder: What may stand in the field.
        name: Of the field, for a screen reader.
        invitation: What may be dropped.
        weights: Suffix of a single file that is a model; empty where only folders are.
    """

    title: str = _("Any other &model")
    placeholder: str = _("owner/name on the hub, or a folder")
    name: str = _("Name of a model on the hub, or its folder")
    invitation: str = _("Or drop a model's folder here.")
    weights: str = ""


def no_family(*names: str) -> str:
    """Of a modality whose models nobody has sorted."""
    del names
    return UNKNOWN


@dataclass(frozen=True, kw_only=True)
class Modality:
    """One kind of example, in words and settings.

    Attributes:
        name: As recipes have it in `data.kind`.
        package: Where everything else about it is.
        example: One example, as people call it: `image`.
        examples: Several of them.
        article: `a` or `an`, before `example`.
        piece: What the model hides and predicts: `patch`, `token`.
        pieces: Several of them.
        copied: What has copies, in English: `file` where each file is an example.
        file_name: As manifests have it.
        result_name: As `results.json` has it.
        shown_as: How one example is shown to people: as a picture, as text, or by its name only.
        starter: Name of the bundled model; empty where there is none.
        learned: What a model has learned before, to complete "a model that …".
        defaults: Of the recipe, where they differ from the fields' own.
        presets: By name of the preset, what it asks for; `strong` is made of `paper`, `best`
            of `balanced`.
        strong: Settings of `finetune` for the best classifier rather than for the paper's.
        own_settings: Settings (`section.key`) that mean nothing to modalities without them.
        has_equal_lengths: Whether all examples have the same number of pieces.
        accuracy: Title of the first score.
        icon: Name of the icon in `resources/icons`.
        invitation: Of the zone where unlabeled examples are dropped.
        labeled_invitation: Of the zone where labeled examples are dropped.
        suffixes: Of files with one example each, for a dialog of files.
        welcome: What a start with examples of one's own says.
        sample: The bundled sample in a word or two, with a mnemonic; empty where there is none.
        sample_about: What the sample is.
        unusable: Why an example can't be used, in general.
        trained_on: What pre-training counts; the examples where empty.
        models: How models that are not on the list are asked for.
        family_of: Of `core.recipe.families`, what names of a model tell of its encoder.
    """

    name: str
    package: str
    example: str
    examples: str
    article: str = _("a")
    piece: str
    pieces: str
    copied: str
    file_name: str
    result_name: str
    shown_as: Literal["picture", "text", "name"] = "name"
    starter: str = ""
    learned: str
    defaults: Sections = field(default_factory=dict)
    presets: Mapping[str, Sections]
    strong: Mapping[str, Any] = field(default_factory=dict)
    own_settings: frozenset[str] = frozenset()
    has_equal_lengths: bool = True
    accuracy: str = _("Accuracy")
    icon: str = "data"
    invitation: str = _("Thousands, of your domain, in any layout.")
    labeled_invitation: str = _("Few are enough: one folder per class, or train/val/test folders.")
    suffixes: tuple[str, ...] = ()
    welcome: str = _("Choose folders of {examples}. A pretrained model is fitted to them.")
    sample: str = ""
    sample_about: str = ""
    unusable: str = _("damaged, or no {example}")
    trained_on: str = ""
    models: ModelWords = ModelWords()
    family_of: Callable[..., str] = no_family

    def words(self, template: str, **values: object) -> str:
        """A sentence about examples, with their noun filled in.

        Knows `{example}`, `{examples}`, `{an_example}`, `{piece}`, `{pieces}`, each also with a
        capital (`{Examples}`, `{An_example}`), and what `values` name. Everything else in braces
        is a `KeyError`.
        """
        return template.format_map({**self._nouns, **values})

    def counted(self, count: int) -> str:
        """`1 image`, `1,651 images`."""
        noun = self.example if count == 1 else self.examples
        return _("{count:,} {examples}").format(count=count, examples=noun)

    @property
    def _nouns(self) -> dict[str, str]:
        plain = {
            "example": self.example,
            "examples": self.examples,
            "an_example": f"{self.article} {self.example}",
            "piece": self.piece,
            "pieces": self.pieces,
        }
        capital = {
            name[0].upper() + name[1:]: word[0].upper() + word[1:] for name, word in plain.items()
        }
        return {**plain, **capital}


def modalities() -> Mapping[str, Modality]:
    """All modalities by name, in the order of the table.

    Raises:
        ImportError: A package of `REDISTILL_MODALITIES` is not there.
        AttributeError: It has no `about.MODALITY`.
    """
    return _loaded(os.environ.get(MORE_MODALITIES, ""))


def modality_named(name: str) -> Modality:
    """A modality by its name; `auto`, which older runs say, means images.

    Raises:
        KeyError: There is none of this name.
    """
    known = modalities()
    return next(iter(known.values())) if name == AUTO else known[name]


def noun_for(example: str, number: float = 2) -> str:
    """The noun of so many examples, as their modality has it: `image`, of two `images`."""
    if number == 1:
        return example
    found = (each.examples for each in modalities().values() if each.example == example)
    return next(found, f"{example}s")


def modality_of_results(name: str) -> Modality:
    """A modality by its name in `results.json`.

    Raises:
        KeyError: There is none of this name.
    """
    return {modality.result_name: modality for modality in modalities().values()}[name]


def foreign_settings(modality: Modality) -> frozenset[str]:
    """Settings (`section.key`) that mean nothing to a modality: others own them."""
    owned = frozenset[str]().union(*(each.own_settings for each in modalities().values()))
    return owned - modality.own_settings


@cache
def _loaded(more: str) -> Mapping[str, Modality]:
    packages = (*_PACKAGES, *filter(None, more.split(",")))
    found = [import_module(f"{package}.about").MODALITY for package in packages]
    named: dict[str, Modality] = {modality.name: modality for modality in found}
    for key in ("name", "file_name", "result_name"):
        if len({getattr(modality, key) for modality in found}) < len(found):
            raise RuntimeError(f"two modalities have the same {key}: {packages}")
    return MappingProxyType(named)
