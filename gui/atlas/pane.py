"""A map of all examples: alike ones lie close together, by each encoder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from core.errors import RunError
from core.language import _
from core.readers.atlas import encoder_title
from core.recipe.modality import AUTO, Modality, modality_named
from gui.atlas.area import nearest
from gui.atlas.asker import MapAsker
from gui.atlas.facts import MapFacts
from gui.atlas.gallery import MapGallery
from gui.atlas.ink import layers_of
from gui.atlas.legend import MapLegend
from gui.atlas.saving import asked_page, show_page
from gui.atlas.scrubber import MapScrubber
from gui.atlas.tools import MapTools
from gui.atlas.view import MapView
from gui.outcome.background import Background
from gui.theme import theme
from gui.widgets.basics import button, column, on_theme_change
from gui.widgets.busy_line import BusyLine
from gui.widgets.empty_state import EmptyState
from gui.widgets.notices import announce
from gui.widgets.split import Split

_SENTENCE: Final = _("See all {examples} at once")
# With a point that is clicked, so many of those around it are shown.
_AROUND: Final = 30
_NOTHING: Final[NDArray[np.intp]] = np.zeros(0, np.intp)


class MapPane(QWidget):
    """An invitation, or the map with legend, slider and gallery.

    Attributes:
        about_it: What the invitation says of how it is made.

    Signals:
        notice: How saving ended: tone, what, action.
    """

    notice = Signal(str, str, str)
    about_it = ""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: MapFacts | None = None
        self._order = self._selected = _NOTHING
        self._is_asked = False
        self._modality = modality_named(AUTO)
        self._background = Background(self)
        self.asker = MapAsker(self)
        self.view, self.legend = MapView(), MapLegend()
        self.scrubber, self.gallery = MapScrubber(), MapGallery()
        self.tools = MapTools(self.view)
        self.start = button(_("&Lay out the map"), self.lay_out, role="primary")
        self.invitation = EmptyState("map", "", self.start)
        self.busy = BusyLine(_("How far the map is"))
        self._build()
        self._connect()
        self.show_modality(self._modality)

    @property
    def is_busy(self) -> bool:
        """Whether something is asked for or read."""
        return self.asker.is_busy or self._background.is_busy

    @property
    def facts(self) -> MapFacts | None:
        """The map that is shown."""
        return self._facts

    @property
    def selected(self) -> NDArray[np.intp]:
        """(M,) points that were drawn around or clicked."""
        return self._selected

    def show_modality(self, modality: Modality) -> None:
        """Show other examples, as they can be shown."""
        self._modality = modality
        self.gallery.show_modality(modality)
        self.view.setAccessibleName(modality.words(_("Map of the {examples}")))
        self.view.setAccessibleDescription(
            _(
                "Arrow keys move it, plus and minus zoom, 0 shows all, Enter selects the points in "
                "the circle, Escape none."
            )
        )
        self._invite()

    def about(self) -> dict[str, str] | None:
        """What a map is asked of: `run` or `recipe`, as the helper has it; None for nothing."""
        raise NotImplementedError

    def facts_in(self, file: Path) -> MapFacts:
        """A map that the helper wrote, with what else is known; read in a thread.

        Raises:
            RunError: It is damaged, or what else is read.
        """
        raise NotImplementedError

    def for_file(self) -> tuple[str, dict[str, Any]]:
        """What a saved map is called, and what else the helper is told of it."""
        raise NotImplementedError

    def forget(self) -> None:
        """There is nothing to be shown, or something else."""
        self.asker.shut_down()
        self._background.forget()
        self.busy.hide()
        self._facts = None
        self._is_asked = False
        self.view.show_places(np.zeros((0, 2), np.float32))
        self.gallery.show_rows(None, _NOTHING, "")
        self._invite()

    def lay_out(self) -> None:
        """Make the map, or read the one that is there."""
        about = self.about()
        if about is None:
            return
        self.start.setEnabled(False)
        self.busy.show_progress(_("Starting …"), 0, 0)
        self.asker.ask(about)

    def select(self, rows: NDArray[np.intp], words: str = "") -> None:
        """Have points stand out, and their examples shown; none: all of those that do by group."""
        self._selected = rows
        self.view.mark(-1)
        if len(rows):
            found = words or _("{count} selected").format(count=self._modality.counted(len(rows)))
            self.gallery.show_rows(self._facts, rows, found)
            announce(self.view, found)
        else:
            self._show_groups()
        self._paint()

    def shut_down(self) -> None:
        """End the helper, read no more."""
        self.asker.shut_down()
        self._background.shut_down()
        self.gallery.shut_down()

    def showEvent(self, event: QShowEvent) -> None:
        """A map that is known is there at once."""
        super().showEvent(event)
        self.ask_if_known()

    def ask_if_known(self) -> None:
        """Show the map if it was made before, and somebody looks."""
        about = self.about()
        if about is not None and self.isVisible() and not (self._is_asked or self.is_busy):
            self._is_asked = True
            self.asker.ask(about, if_known=True)

    def read(self, work: Callable[[], MapFacts]) -> None:
        """Read in a thread, and show what came out."""
        self._background.do("map", work, self._show, self._on_unreadable)

    def _build(self) -> None:
        left = QWidget()
        inside = column(left, gap=2)
        inside.addWidget(self.view, 1)
        inside.addWidget(self.scrubber)
        self._map = QWidget()
        layout = column(self._map, gap=2)
        layout.addWidget(self.tools)
        parts = (self.legend, 2), (left, 7), (self.gallery, 4)
        layout.addWidget(Split(Qt.Orientation.Horizontal, *parts), 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.invitation)
        self._stack.addWidget(self._map)
        outer = column(self, gap=2)
        outer.setContentsMargins(0, theme().space(3), 0, 0)
        outer.addWidget(self.busy)
        outer.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self.asker.progressed.connect(self._on_progress)
        self.asker.answered.connect(self._on_answered)
        self.asker.failed.connect(self._on_failed)
        self.asker.ended.connect(self._on_ended)
        self.busy.cancelled.connect(self.asker.stop)
        self.view.outlined.connect(self.select)
        self.view.picked.connect(self._on_picked)
        self.gallery.in_hand.connect(self.view.mark)
        self.legend.chosen.connect(lambda _: self.select(_NOTHING))
        self.tools.coloured.connect(self._on_coloured)
        self.tools.tagged.connect(self._on_tag)
        self.tools.saving.connect(self._save)
        self.scrubber.moved.connect(self._on_moved)
        on_theme_change(self, self._paint)

    def _invite(self, problem: str = "") -> None:
        words = self._modality.words
        self.invitation.say(words(_SENTENCE), problem or words(self.about_it))
        if self._facts is None:
            self._stack.setCurrentWidget(self.invitation)

    def _on_progress(self, words: str, done: int, total: int) -> None:
        if not self.start.isEnabled() or not self.tools.save.isEnabled():
            self.busy.show_progress(words, done, total)

    def _on_answered(self, found: dict[str, Any]) -> None:
        if "page" in found:
            page = Path(found["page"])
            self.notice.emit("ok", _("The map is in {page}.").format(page=page), "")
            show_page(self, page)
        elif found["is_known"] and self.about() is not None:
            file = self.asker.file
            self.read(lambda: self.facts_in(file))

    def _on_failed(self, what: str, action: str) -> None:
        if self.tools.save.isEnabled():
            self._invite(f"{what} {action}")
        else:
            self.notice.emit("bad", what, action)

    def _on_ended(self) -> None:
        self.busy.hide()
        self.start.setEnabled(True)
        self.tools.save.setEnabled(True)

    def _on_unreadable(self, error: RunError) -> None:
        self._facts = None
        self._invite(f"{error.what} {error.action}")

    def _show(self, facts: MapFacts) -> None:
        is_same = self._facts is not None and self._facts.atlas is facts.atlas
        self._facts = facts
        self.view.words_of = facts.words
        if not is_same:
            atlas = facts.atlas
            self._order = np.random.default_rng(0).permutation(len(atlas)).astype(np.intp)
            self._selected = _NOTHING
            self.view.show_extent(atlas.places)
            self.scrubber.show_encoders(list(map(encoder_title, atlas.encoders)))
            self.tools.show_tags(facts)
        elif facts.atlas.tags is not None:
            self._facts = facts.of_tag(self.tools.tag.currentIndex())
        self.tools.show_colourings(self._facts.colourings)
        self._stack.setCurrentWidget(self._map)

    def _on_moved(self, at: float) -> None:
        if self._facts is not None:
            self.view.show_places(self._facts.atlas.between(at))

    def _on_coloured(self, which: int) -> None:
        if self._facts is not None and which >= 0:
            self.legend.show_colouring(self._facts.colourings[which])
            self.select(_NOTHING)

    def _on_tag(self, which: int) -> None:
        if self._facts is not None:
            self._facts = self._facts.of_tag(which)
            self.tools.show_colourings(self._facts.colourings)

    def _on_picked(self, row: int) -> None:
        """Show a point's example, and those around it."""
        if row < 0 or self._facts is None:
            self.select(_NOTHING)
            return
        rows = nearest(self._facts.atlas.between(self.scrubber.at), row, _AROUND)
        name = Path(self._facts.atlas.names[row]).name
        words = _("{name} and the {number} around it").format(name=name, number=len(rows) - 1)
        self.select(rows, words)
        self.gallery.choose_first()

    def _show_groups(self) -> None:
        """In the gallery, all examples of the groups that stand out; mixed."""
        if self._facts is None:
            return
        colouring = self._facts.colourings[self.tools.by.currentIndex()]
        self.gallery.show_groups(self._facts, colouring, self.legend.groups, self._order)

    def _paint(self) -> None:
        if self._facts is None:
            return
        colouring = self._facts.colourings[max(0, self.tools.by.currentIndex())]
        self.view.show_layers(layers_of(colouring, self.legend.groups, self._selected, self._order))

    def _save(self) -> None:
        if (about := self.about()) is None:
            return
        name, more = self.for_file()
        page = asked_page(self, name)
        if page is None:
            return
        self.tools.save.setEnabled(False)
        self.asker.ask(about, page=str(page), **more)
