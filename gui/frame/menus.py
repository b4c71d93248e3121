"""The menus: every action of the window with its shortcut."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from core.language import _
from gui.frame.commands import Ways, all_commands
from gui.frame.help import show_help, show_shortcuts
from gui.frame.palette import open_palette
from gui.frame.places import PLACES
from gui.frame.preferences import Appearance, Preferences, show_preferences
from gui.frame.reveal import bring_to_sight
from gui.frame.support import save_report
from gui.pages.page import Page
from gui.state.session import Session
from gui.theme import Look
from gui.widgets import dialogs


@dataclass(frozen=True, kw_only=True)
class WindowActions:
    """What the menus ask of the window.

    Attributes:
        shown_page: The key of the page in front.
        show_page: Brings one to the front, where that can be.
        page: A page by its key.
        is_open: Whether a page can be shown now.
        tell: Shows a notice: tone, what, action.
    """

    new_run: Callable[[], object]
    open_run: Callable[[Path], object]
    try_sample: Callable[[], object]
    start_tour: Callable[[], object]
    shown_page: Callable[[], str]
    show_page: Callable[[str], object]
    page: Callable[[str], Page]
    is_open: Callable[[str], bool]
    tell: Callable[[str, str, str], None]


def add_menus(window: QMainWindow, session: Session, do: WindowActions) -> list[QAction]:
    """Fill the menu bar; returns all actions."""
    menus = _Menus(window, session, do)
    menus.runs()
    menus.edit()
    menus.view()
    menus.help()
    return menus.actions


class _Menus:
    def __init__(self, window: QMainWindow, session: Session, do: WindowActions) -> None:
        self._window, self._session, self._do = window, session, do
        self._appearance = Appearance(session.settings, window)
        self._looks: dict[Look, QAction] = {}
        self.actions: list[QAction] = []

    def runs(self) -> None:
        menu = self._window.menuBar().addMenu(_("&Run"))
        self._add(menu, _("&New run"), self._do.new_run, QKeySequence.StandardKey.New)
        self._add(menu, _("&Open run folder …"), self._open, QKeySequence.StandardKey.Open)
        self._add(menu, _("Try with the &sample data"), self._do.try_sample)
        menu.addSeparator()
        self._add(menu, _("&Quit"), self._window.close, QKeySequence("Ctrl+Q"))

    def edit(self) -> None:
        menu = self._window.menuBar().addMenu(_("&Edit"))
        undo = self._session.undo
        for action, key in (
            (undo.createUndoAction(menu, _("&Undo")), QKeySequence.StandardKey.Undo),
            (undo.createRedoAction(menu, _("&Redo")), QKeySequence.StandardKey.Redo),
        ):
            action.setShortcut(key)
            menu.addAction(action)
            self.actions.append(action)
        menu.addSeparator()
        self._add(menu, _("&Find a command …"), self._palette, QKeySequence("Ctrl+K"))
        self._add(menu, _("&Preferences …"), self._preferences, QKeySequence("Ctrl+,"))

    def view(self) -> None:
        menu = self._window.menuBar().addMenu(_("&View"))
        appearance = self._appearance
        group = QActionGroup(menu)
        for look, words in (
            (Look.SYSTEM, _("Colours of the &system")),
            (Look.LIGHT, _("&Light")),
            (Look.DARK, _("&Dark")),
            (Look.HIGH_CONTRAST, _("&High contrast")),
        ):
            action = self._add(menu, words, partial(appearance.use_look, look))
            action.setCheckable(True)
            group.addAction(action)
            self._looks[look] = action
        self._show_look()
        appearance.changed.connect(self._show_look)
        menu.addSeparator()
        step = appearance.step_text_size
        larger = self._add(menu, _("La&rger text"), partial(step, 1))
        # What is typed for "+" depends on the keyboard: with Shift, or without.
        larger.setShortcuts([QKeySequence("Ctrl++"), QKeySequence("Ctrl+=")])
        self._add(menu, _("S&maller text"), partial(step, -1), QKeySequence("Ctrl+-"))
        usual = partial(appearance.use_text_size, 100)
        self._add(menu, _("&Usual text size"), usual, QKeySequence("Ctrl+0"))
        menu.addSeparator()
        for place in PLACES:
            self._add(menu, place.title, partial(self._do.show_page, place.key))
        menu.addSeparator()
        full = self._add(menu, _("&Full screen"), self._full_screen, QKeySequence("F11"))
        full.setCheckable(True)

    def help(self) -> None:
        window, do = self._window, self._do
        menu = window.menuBar().addMenu(_("&Help"))
        self._add(
            menu,
            _("&Help on this page"),
            lambda: show_help(window, do.shown_page()),
            QKeySequence.StandardKey.HelpContents,
        )
        self._add(menu, _("&Words of the trade"), lambda: show_help(window, "glossary"))
        self._add(menu, _("&Tour"), do.start_tour)
        self._add(menu, _("&Keyboard shortcuts"), lambda: show_shortcuts(window))
        self._add(menu, _("Save a &report …"), self._save_report)
        self._add(menu, _("&About Redistill"), lambda: show_help(window, "about"))

    def _add(
        self,
        menu: QMenu,
        text: str,
        do: Callable[[], object],
        key: QKeySequence | QKeySequence.StandardKey | None = None,
    ) -> QAction:
        action = menu.addAction(text)
        action.triggered.connect(lambda: do())  # noqa: PLW0108  (drops the "checked")
        if key is not None:
            action.setShortcut(key)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        self.actions.append(action)
        return action

    def _open(self) -> None:
        folder = dialogs.choose_folder(
            self._window, _("Open a run folder"), self._session.settings.runs_folder
        )
        if folder is not None:
            self._do.open_run(folder)

    def _save_report(self) -> None:
        save_report(self._window, self._session.run, self._do.tell)

    def _show_look(self) -> None:
        self._looks[self._session.settings.look].setChecked(True)

    def _preferences(self) -> Preferences:
        do = self._do
        return show_preferences(
            self._window,
            self._session.settings,
            self._appearance,
            lambda: do.show_page(do.shown_page()),
        )

    def _palette(self) -> None:
        do = self._do
        ways = Ways(
            pages={place.key: do.page(place.key) for place in PLACES},
            is_open=do.is_open,
            show_page=do.show_page,
            go_to=self._go_to,
            open_run=do.open_run,
            show_help=partial(show_help, self._window),
            set_setting=self._go_to_setting,
            set_preference=lambda name: self._preferences().go_to(name),
        )
        open_palette(self._window, all_commands(self._session, self.actions, ways))

    def _go_to(self, key: str, control: QWidget) -> None:
        self._do.show_page(key)
        bring_to_sight(control, self._do.page(key))

    def _go_to_setting(self, name: str) -> None:
        from gui.pages.plan.page import PlanPage

        plan = self._do.page(PlanPage.key)
        assert isinstance(plan, PlanPage)
        self._go_to(plan.key, plan.advanced.field_of(name))

    def _full_screen(self) -> None:
        window = self._window
        if window.isFullScreen():
            window.showNormal()
        else:
            window.showFullScreen()
