"""The menus: every action of the window with its shortcut."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu

from gui.pages import PLACES
from gui.theme import Look, theme
from gui.widgets import dialogs

if TYPE_CHECKING:
    from gui.frame.window import MainWindow


def add_menus(window: "MainWindow") -> list[QAction]:
    """Fill the menu bar; returns all actions."""
    menus = _Menus(window)
    menus.runs()
    menus.edit()
    menus.view()
    menus.help()
    return menus.actions


class _Menus:
    def __init__(self, window: "MainWindow") -> None:
        self._window = window
        self.actions: list[QAction] = []

    def runs(self) -> None:
        menu = self._window.menuBar().addMenu("&Run")
        self._add(menu, "&New run", self._window.new_run, QKeySequence.StandardKey.New)
        self._add(menu, "&Open run folder …", self._open, QKeySequence.StandardKey.Open)
        self._add(menu, "Try with the &sample data", self._sample)
        menu.addSeparator()
        self._add(menu, "&Quit", self._window.close, QKeySequence("Ctrl+Q"))

    def edit(self) -> None:
        menu = self._window.menuBar().addMenu("&Edit")
        undo = self._window.session.undo
        for action, key in (
            (undo.createUndoAction(menu, "&Undo"), QKeySequence.StandardKey.Undo),
            (undo.createRedoAction(menu, "&Redo"), QKeySequence.StandardKey.Redo),
        ):
            action.setShortcut(key)
            menu.addAction(action)
            self.actions.append(action)

    def view(self) -> None:
        menu = self._window.menuBar().addMenu("&View")
        group = QActionGroup(menu)
        for look, words in (
            (Look.SYSTEM, "Colours of the &system"),
            (Look.LIGHT, "&Light"),
            (Look.DARK, "&Dark"),
            (Look.HIGH_CONTRAST, "&High contrast"),
        ):
            action = self._add(menu, words, partial(self._use, look))
            action.setCheckable(True)
            action.setChecked(look is self._window.settings.look)
            group.addAction(action)
        menu.addSeparator()
        for place in PLACES:
            self._add(menu, place.title, partial(self._show, place.key))
        menu.addSeparator()
        full = self._add(menu, "&Full screen", self._full_screen, QKeySequence("F11"))
        full.setCheckable(True)

    def help(self) -> None:
        from gui.frame.help import show_help, show_shortcuts
        from gui.frame.tour import start_tour
        from gui.program.support import save_report

        window = self._window
        menu = window.menuBar().addMenu("&Help")
        self._add(
            menu,
            "&Help on this page",
            lambda: show_help(window, window.shown.key),
            QKeySequence.StandardKey.HelpContents,
        )
        self._add(menu, "&Tour", lambda: start_tour(window, window.settings))
        self._add(menu, "&Keyboard shortcuts", lambda: show_shortcuts(window))
        self._add(menu, "Save a &report …", lambda: save_report(window))
        self._add(menu, "&About Redistill", lambda: show_help(window, "about"))

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
            self._window, "Open a run folder", self._window.settings.runs_folder
        )
        if folder is not None:
            self._window.open_run(folder)

    def _sample(self) -> None:
        self._window.page("library").try_sample()  # type: ignore[attr-defined]

    def _use(self, look: Look) -> None:
        self._window.settings.look = look
        theme().apply(look)

    def _show(self, key: str) -> None:
        if self._window.rail.is_open(key):
            self._window.show_page(key)

    def _full_screen(self) -> None:
        window = self._window
        if window.isFullScreen():
            window.showNormal()
        else:
            window.showFullScreen()
