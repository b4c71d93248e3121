"""All that can be done, set, opened and read in the window, as a list to search in."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QSlider,
    QTabWidget,
    QWidget,
)

from core.language import _
from gui.frame.places import PLACES
from gui.frame.preferences import PREFERENCES
from gui.frame.reveal import can_be_shown
from gui.pages.page import Page, PageEntry
from gui.pages.plan.settings import SECTION_TITLES, all_settings
from gui.state.known_runs import known_runs
from gui.state.session import Session
from gui.words.fuzzy import fit
from gui.words.glossary import terms
from gui.words.help_pages import titles
from gui.words.mnemonics import without_mnemonic

NEEDS_RUN = _("Needs a run: start or open one first.")
_NOT_NOW = _("Can't be used now.")
_FIELDS = (QComboBox, QAbstractSpinBox, QLineEdit, QSlider)


@dataclass(frozen=True, kw_only=True)
class Command:
    """One entry of the list.

    Attributes:
        title: What it is.
        where: Where it is found otherwise.
        do: Does it, or goes there.
        note: Its shortcut, or its value.
        why_not: Why it can't be used now; empty when it can.
        more: What else somebody may type to find it.
    """

    title: str
    where: str
    do: Callable[[], object]
    note: str = ""
    why_not: str = ""
    more: str = ""


@dataclass(frozen=True, kw_only=True)
class Ways:
    """How commands reach the window.

    Attributes:
        pages: All of them, by their keys.
        is_open: Whether a page can be shown now.
        show_page: Brings one to the front.
        go_to: Brings a control of a page to sight: key of the page, the control.
        open_run: Opens a run.
        show_help: Shows a topic of the help.
        set_setting: Goes to the field of a setting on the Plan page, by its name.
        set_preference: Opens the preferences at one of them, by its name.
    """

    pages: Mapping[str, Page]
    is_open: Callable[[str], bool]
    show_page: Callable[[str], object]
    go_to: Callable[[str, QWidget], object]
    open_run: Callable[[Path], object]
    show_help: Callable[[str], object]
    set_setting: Callable[[str], object]
    set_preference: Callable[[str], object]


def all_commands(session: Session, actions: list[QAction], ways: Ways) -> list[Command]:
    """All of them, as they are now: pages, menus, controls, settings, runs, help."""
    found = [
        *(_page(place, ways) for place in PLACES),
        *_actions(actions),
        *_controls(ways),
        *_settings(session, ways),
        *(
            Command(title=name, where=_("Preferences"), do=partial(ways.set_preference, name))
            for name in PREFERENCES
        ),
        *(
            Command(title=run.name, where=_("Run"), do=partial(ways.open_run, run), more=str(run))
            for run in known_runs(session.settings)
        ),
        *_help(ways),
    ]
    return list({(each.where, each.title): each for each in reversed(found)}.values())[::-1]


def best_fits(typed: str, commands: list[Command], most: int) -> list[Command]:
    """Those that fit what was typed, the best first; in their order where nothing was."""
    fits = [
        (fit(typed, each.title, f"{each.where} {each.note} {each.more}"), each) for each in commands
    ]
    known = [(score, each) for score, each in fits if score is not None]
    known.sort(key=lambda pair: (-pair[0], bool(pair[1].why_not)))
    return [each for _, each in (known if typed.strip() else fits)][:most]


def _page(place: PageEntry, ways: Ways) -> Command:
    why_not = "" if ways.is_open(place.key) else NEEDS_RUN
    show = partial(ways.show_page, place.key)
    return Command(title=place.title, where=_("Page"), do=show, why_not=why_not)


def _actions(actions: list[QAction]) -> Iterator[Command]:
    places = {place.title for place in PLACES}
    for action in actions:
        title = _plain(action.text())
        if title in places:
            continue
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        # Undo and redo alone are ever disabled.
        why_not = "" if action.isEnabled() else _("There is nothing to undo or redo.")
        yield Command(title=title, where=_("Menu"), do=action.trigger, note=keys, why_not=why_not)


def _controls(ways: Ways) -> Iterator[Command]:
    """Buttons, fields and tabs of all pages that can be brought to sight."""
    titles = {place.key: place.title for place in PLACES}
    for key, page in ways.pages.items():
        is_open = ways.is_open(key)
        for control in page.findChildren(QWidget):
            if isinstance(control, QTabWidget):
                yield from _tabs(control, key, titles[key], ways)
            elif isinstance(control, (QAbstractButton, *_FIELDS)) and _is_own(control):
                name = _name(control)
                if name and can_be_shown(control, page):
                    why_not = _why_not(control) if is_open else NEEDS_RUN
                    do = partial(_use, ways, key, control)
                    yield Command(title=name, where=titles[key], do=do, why_not=why_not)


def _tabs(tabs: QTabWidget, key: str, where: str, ways: Ways) -> Iterator[Command]:
    page = ways.pages[key]
    if not can_be_shown(tabs, page):
        return
    for index in filter(tabs.isTabVisible, range(tabs.count())):
        why_not = "" if ways.is_open(key) else NEEDS_RUN
        part = tabs.widget(index)
        assert part is not None
        do = partial(ways.go_to, key, part)
        yield Command(title=_plain(tabs.tabText(index)), where=where, do=do, why_not=why_not)


def _use(ways: Ways, key: str, control: QWidget) -> None:
    """Go to it; press it if that is all it is for, and nothing is lost by it."""
    ways.go_to(key, control)
    is_button = isinstance(control, QAbstractButton) and not control.isCheckable()
    if is_button and control.property("role") != "danger":
        assert isinstance(control, QAbstractButton)
        control.click()


def _is_own(control: QWidget) -> bool:
    """Not the field of a spin box, nor a button inside of a field."""
    around = control.parentWidget()
    return not control.objectName().startswith("qt_") and not isinstance(around, _FIELDS)


def _name(control: QWidget) -> str:
    text = control.text() if isinstance(control, QAbstractButton) else ""
    return control.accessibleName() or _plain(text)


def _why_not(control: QWidget) -> str:
    if control.isEnabledTo(control.window()):
        return ""
    return control.toolTip() or control.accessibleDescription() or _NOT_NOW


def _settings(session: Session, ways: Ways) -> Iterator[Command]:
    for setting in all_settings(session.modality):
        yield Command(
            title=setting.title,
            where=_("Plan, {section}").format(section=SECTION_TITLES[setting.section]),
            do=partial(ways.set_setting, setting.name),
            note=setting.shown(setting.value_in(session.draft)) or _("automatic"),
            more=f"{setting.name} {setting.help}",
        )


def _help(ways: Ways) -> Iterator[Command]:
    for topic, title in titles().items():
        yield Command(title=title, where=_("Help"), do=partial(ways.show_help, topic))
    for term in terms():
        yield Command(
            title=term.words[0],
            where=_("Word"),
            do=partial(ways.show_help, "glossary"),
            note=term.sentence,
            more=" ".join(term.words),
        )


def _plain(text: str) -> str:
    return without_mnemonic(text).removesuffix("…").strip()
