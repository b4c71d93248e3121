"""Guesses of a scan as lines of a form: a sentence, and what may be chosen instead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.data.tables.dialect import SEPARATORS
from core.language import _
from core.language.again import again
from core.recipe import Recipe
from core.recipe.modality import AUTO, modalities
from core.recipe.tasks import SINGLE, TASKS
from core.system.table_cells import NUMBER

Choices = list[tuple[str, Any]]
_NAMES = {
    "data.kind": _("Kind of the examples"),
    "data.task": _("Task"),
    "data.labeled": _("Folder with the labels"),
    "data.unlabeled": _("Unlabeled folder"),
    "data.path_column": _("Column of file names"),
    "data.text_column": _("Text column"),
    "data.label_column": _("Label column"),
    "data.split_column": _("Split column"),
    "data.encoding": _("Encoding"),
    "data.separator": _("Separator"),
    "data.test_fraction": _("Held out for testing"),
}
_BESIDE = {"data.labeled": _("Labels are read from"), "data.kind": _("Read as")}
_ENCODINGS = {
    "utf-8": "UTF-8",
    "cp1252": _("Windows-1252 (Western Europe)"),
    "latin-1": "Latin-1",
    "cp1250": _("Windows-1250 (Central Europe)"),
    "cp1251": _("Windows-1251 (Cyrillic)"),
    "koi8_r": _("KOI8-R (Cyrillic)"),
    "cp1253": _("Windows-1253 (Greek)"),
    "cp1254": _("Windows-1254 (Turkish)"),
    "cp1255": _("Windows-1255 (Hebrew)"),
    "cp1256": _("Windows-1256 (Arabic)"),
    "cp1257": _("Windows-1257 (Baltic)"),
    "gb18030": _("GB18030 (Chinese)"),
    "big5": _("Big5 (Chinese)"),
    "cp932": _("Shift-JIS (Japanese)"),
    "euc_jp": _("EUC-JP (Japanese)"),
    "cp949": _("EUC-KR (Korean)"),
    "utf-16": "UTF-16",
}
_SHARES = (10, 20, 30, 40, 50)


@dataclass(frozen=True)
class Line:
    """One line.

    Attributes:
        setting: Of the recipe, with its section.
        name: What it is about.
        words: What holds, as a sentence without its full stop.
        beside: Before the box.
        choices: Words and value of each; a value of None leaves it to the scan.
        current: Which holds.
    """

    setting: str
    name: str
    words: str
    beside: str
    choices: Choices
    current: int

    @property
    def value(self) -> Any:
        """What is set now."""
        return self.choices[self.current][1]


def lines_of(summary: Mapping[str, Any], draft: Recipe) -> list[Line]:
    """Everything that was guessed, said instead of a guess, or not found though it may be there."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for guess in summary["guesses"]:
        found.setdefault(guess["setting"], []).append(guess)
    settings = [*found, *(name for name in _said(draft) if name not in found)]
    settings += [name for name in _looked_for(summary, draft) if name not in settings]
    order = list(_NAMES)
    settings.sort(key=lambda name: order.index(name) if name in order else len(order))
    return [_line(name, found.get(name, []), summary, draft) for name in settings]


def _said(draft: Recipe) -> list[str]:
    """Settings of tables that the recipe names."""
    data = draft.data.model_dump(exclude_none=True)
    settings = [
        f"data.{key}" for key in data if key.endswith("_column") or key in {"encoding", "separator"}
    ]
    return settings if draft.data.task == AUTO else ["data.task", *settings]


def _looked_for(summary: Mapping[str, Any], draft: Recipe) -> list[str]:
    """Columns that matter wherever there are tables."""
    if not summary["choices"].get("columns"):
        return []
    example = {"picture": "path", "text": "text"}.get(draft.modality.shown_as)
    names = [f"data.{example}_column"] if example else []
    if draft.data.labeled is None:
        return names
    # Numbers that were taken for classes may be meant as numbers.
    are_numbers = all(NUMBER.fullmatch(entry["name"]) for entry in summary["classes"])
    task = ["data.task"] if are_numbers and summary.get("task") == SINGLE else []
    return [*names, *task, "data.label_column"]


def _line(
    setting: str, guesses: Sequence[Mapping[str, Any]], summary: Mapping[str, Any], draft: Recipe
) -> Line:
    key = setting.removeprefix("data.")
    value = getattr(draft.data, key, None) if setting.startswith("data.") else None
    name = _NAMES.get(setting, key.replace("_", " ").capitalize())
    choices = _choices(setting, guesses, summary, draft)
    if setting == "data.kind":
        value = draft.modality.name
    elif setting == "data.test_fraction":
        value = round(float(value or 0), 4)
    values = [choice for _, choice in choices]
    if value not in values:
        choices.append((str(value), value))
        values.append(value)
    words = [
        _("{what} is {value}").format(what=again(guess["what"]), value=again(str(guess["value"])))
        for guess in guesses
    ]
    if not words:
        is_said = bool(value) and value != AUTO
        words = [
            _("{name} is {value}, as you said").format(name=name, value=value)
            if is_said
            else _not_guessed(setting, name, summary)
        ]
    text = "; ".join(words)
    return Line(
        setting,
        name,
        text[0].upper() + text[1:],
        _BESIDE.get(setting, ""),
        choices,
        values.index(value),
    )


def _not_guessed(setting: str, name: str, summary: Mapping[str, Any]) -> str:
    if setting == "data.task":
        return _("Each number is a class of its own, not to be predicted as a number")
    known = summary["columns"].get(setting.removeprefix("data.").removesuffix("_column"))
    return (
        _("{name} is {known}").format(name=name, known=known)
        if known
        else _("{name}: none is used").format(name=name)
    )


def _choices(
    setting: str, guesses: Sequence[Mapping[str, Any]], summary: Mapping[str, Any], draft: Recipe
) -> Choices:
    match setting:
        case "data.kind":
            return [(each.examples.capitalize(), name) for name, each in modalities().items()]
        case "data.labeled" | "data.unlabeled":
            return _folders(summary["choices"].get("folders", []), draft.data.labeled)
        case "data.task":
            # The rest of its value says why.
            values = {str(guess["value"]).partition(" ")[0] for guess in guesses}
            as_found = (
                _("{values} (found)").format(values=min(values))
                if len(values) == 1
                else _("find it")
            )
            named = [
                (name if task.title == name else f"{task.title} ({name})", name)
                for name, task in TASKS.items()
            ]
            return [(as_found, AUTO), *named]
        case "data.test_fraction":
            return [(f"{share} %", share / 100) for share in _SHARES]
        case _:
            return [_as_found(guesses), *_known(setting, summary)]


def _as_found(guesses: Sequence[Mapping[str, Any]]) -> tuple[str, Any]:
    values = list(dict.fromkeys(again(str(guess["value"])) for guess in guesses))
    as_found = _("{values} (found)").format(values=values[0]) if len(values) == 1 else _("as found")
    return as_found if guesses else _("find it"), None


def _known(setting: str, summary: Mapping[str, Any]) -> Choices:
    if setting == "data.encoding":
        return [(words, value) for value, words in _ENCODINGS.items()]
    if setting == "data.separator":
        return [(name.capitalize(), name) for name in SEPARATORS]
    if setting.endswith("_column"):
        return [(name, name) for name in summary["choices"].get("columns", [])]
    return []


def _folders(folders: Sequence[str], labeled: str | None) -> Choices:
    """Whole paths, each shown below the folder that they have in common."""
    if labeled is None:
        return [(_("no labels are read"), None), *((Path(path).name, path) for path in folders)]
    paths = list(dict.fromkeys([labeled, *folders]))
    top = min(paths, key=len)
    return [(_below(path, top), path) for path in paths]


def _below(path: str, top: str) -> str:
    if path == top:
        return _("{name} (all of it)").format(name=Path(top).name)
    try:
        return f"{Path(top).name}/{Path(path).relative_to(top).as_posix()}"
    except ValueError:
        return path
