"""Every setting of the recipe as data: what the form of advanced settings is made from."""

import types
from dataclasses import dataclass, replace
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from core.language import _
from core.recipe import Recipe
from core.recipe.modality import AUTO, Modality, foreign_settings, modality_named
from core.recipe.objectives import objectives_of

_ELSEWHERE = {
    *("format", "data.kind", "data.unlabeled", "data.labeled", "model.name"),
    *("data.text_column", "data.label_column", "data.path_column", "data.split_column"),
    *("data.encoding", "data.separator", "data.left_out", "data.corrections"),
}
# Parts of keys, as a person would say them. What they make up is translated as a whole
# (`tests/catalogs.py` puts it together).
_SHORT = {
    "lr": "learning rate",
    "num": "number of",
    "dim": "width",
    "gib": "(GiB)",
    "s": "(seconds)",
    "minutes": "(minutes)",
    "val": "validation",
    "recadam": "RecAdam",
    "mars": "MARS",
    "r3f": "R3F",
    "l2sp": "L2-SP",
    "t0": "midpoint (t0)",
    "tf32": "TF32",
    "warmup": "warm-up",
}
# The Data page has them.
_ON_DATA = {
    *("data.test_fraction", "data.val_fraction", "data.pretrain_on_test"),
    *("data.leave_out_copies", "data.group_column", "data.group_pattern", "finetune.balance"),
}
_TRUTHS = {_("yes"): True, _("no"): False}
SECTION_TITLES = {
    "": _("Run"),
    "data": _("Data"),
    "model": _("Model"),
    "pretrain": _("Further pre-training"),
    "distill": _("Self-distillation"),
    "finetune": _("Fine-tuning"),
    "objectives": _("Objectives"),
    "baselines": _("Baselines"),
    "race": _("Race"),
    "probe": _("Probes"),
    "runtime": _("This machine"),
}


@dataclass(frozen=True)
class Setting:
    """One field of the recipe.

    Attributes:
        section: Its section; empty at the top.
        key: Its name there.
        help: What it does, and what the paper used.
        default: Its default.
        kind: `bool`, `choice`, `int`, `float`, `text`, `list` or, a list of these, `numbers`.
        choices: For `choice` and `list`.
        is_optional: Whether it may be left open.
    """

    section: str
    key: str
    help: str
    default: Any
    kind: str
    choices: tuple[str, ...] = ()
    is_optional: bool = False

    @property
    def name(self) -> str:
        """As in `--set`: `pretrain.lr`."""
        return f"{self.section}.{self.key}" if self.section else self.key

    @property
    def title(self) -> str:
        """As a person would read it."""
        words = " ".join(_SHORT.get(word, word) for word in self.key.split("_"))
        return _(words[:1].upper() + words[1:])

    @property
    def first_sentence(self) -> str:
        """Of its help: what stands beside it."""
        first, end, _ = self.help.partition(". ")
        return first + end.strip()

    def value_in(self, recipe: Recipe) -> Any:
        """Its value in a recipe."""
        holder: Any = getattr(recipe, self.section) if self.section else recipe
        return getattr(holder, self.key)

    def matches(self, words: str) -> bool:
        """Whether all words are somewhere in its name, title, section or help."""
        text = f"{self.name} {self.title} {SECTION_TITLES[self.section]} {self.help}".lower()
        return all(word in text for word in words.lower().split())

    def parsed(self, text: str) -> Any:
        """The value that somebody typed; the recipe itself judges whether it is possible."""
        text = text.strip()
        if not text:
            return None
        if self.kind in {"int", "float"}:
            return _number(text, int if self.kind == "int" else float)
        if self.kind == "choice":
            return _TRUTHS.get(text, text)
        if self.kind == "numbers":
            return [_number(part, float) for part in text.split(",") if part.strip()]
        if self.kind == "list":
            return [part.strip() for part in text.split(",") if part.strip()]
        return text

    def shown(self, value: Any) -> str:
        """A value as text."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, float):
            return f"{value:g}"
        if isinstance(value, (list, tuple)):
            return ", ".join(str(part) for part in value)
        return str(value)


def all_settings(modality: Modality | None = None) -> list[Setting]:
    """All settings of a modality that have no place of their own in the window, in their order.

    Help and defaults are those of the modality; None is the first one.
    """
    modality = modality or modality_named(AUTO)
    found = []
    for name, field in Recipe.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, BaseModel):
            for key, inner in section.model_fields.items():
                found.append(_setting(name, key, inner))
        else:
            found.append(_setting("", name, field))
    hidden = _ELSEWHERE | _ON_DATA | foreign_settings(modality)
    return [_of_modality(each, modality) for each in found if each.name not in hidden]


def _of_modality(setting: Setting, modality: Modality) -> Setting:
    default = modality.defaults.get(setting.section, {}).get(setting.key, setting.default)
    choices = setting.choices
    if setting.name == "pretrain.objective":
        choices = objectives_of(modality.name)
    return replace(setting, default=default, choices=choices, help=modality.words(setting.help))


def _setting(section: str, key: str, field: Any) -> Setting:
    choices = _yes_or_no(field.annotation)
    kind, is_optional = "choice", False
    if not choices:
        annotation, is_optional = _without_none(field.annotation)
        kind, choices = _kind(annotation)
    default = field.get_default(call_default_factory=True)
    return Setting(section, key, field.description or "", default, kind, choices, is_optional)


def _without_none(annotation: Any) -> tuple[Any, bool]:
    if get_origin(annotation) in (Union, types.UnionType):
        inner = [part for part in get_args(annotation) if part is not type(None)]
        return inner[0], True
    return annotation, False


def _kind(annotation: Any) -> tuple[str, tuple[str, ...]]:
    origin = get_origin(annotation)
    if origin is Literal:
        return "choice", tuple(get_args(annotation))
    if origin is tuple:
        inner = get_args(annotation)[0]
        if _kind(inner)[0] == "float":
            return "numbers", ()
        return "list", tuple(get_args(inner)) if get_origin(inner) is Literal else ()
    if origin is not None and hasattr(annotation, "__metadata__"):
        return _kind(annotation.__origin__)
    kinds: dict[Any, str] = {bool: "bool", int: "int", float: "float"}
    return kinds.get(annotation, "text"), ()


def _yes_or_no(annotation: Any) -> tuple[str, ...]:
    """Of a setting that is yes, no or a word: what may be chosen."""
    parts = get_args(annotation)
    words = [word for part in parts if get_origin(part) is Literal for word in get_args(part)]
    return (*words, *_TRUTHS) if bool in parts and words else ()


def _number(text: str, kind: type[int] | type[float]) -> Any:
    """The number, or the text itself, which the recipe then refuses by name."""
    plain = text.replace(" ", "").replace("\u202f", "")
    try:
        return kind(plain)
    except ValueError:
        return text
