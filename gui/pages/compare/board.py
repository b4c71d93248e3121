"""A comparison while it trains and after: its state, its fine-tunings, what was found."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLayout, QWidget

from core.language import _, ngettext
from core.readers.comparison_progress import Cell, CellState, ComparisonProgress
from core.recipe import Recipe
from core.run.events import Event
from core.run.folder import RunState
from gui.pages.compare.findings import ComparisonFindings
from gui.pages.compare.grid import Grid, cell_words
from gui.pages.compare.more_seeds import MoreSeeds
from gui.running.commands import Commands
from gui.running.head import Head
from gui.state.watcher import RunWatcher
from gui.widgets.basics import button, card, column, flowing, label, row, scrolled
from gui.words.numbers import stage_title
from gui.words.sentences import in_sentence


class Board(QWidget):
    """Shows the comparison that the watcher follows.

    Signals:
        go_on_asked: It shall train.
        new_asked: Another comparison shall be planned.
        copy_asked: Its command is wanted.
    """

    go_on_asked = Signal()
    new_asked = Signal()
    copy_asked = Signal()

    def __init__(self, watcher: RunWatcher, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._watcher = watcher
        self.progress: ComparisonProgress | None = None
        self._is_spread = False
        self.head, self.commands = Head(), Commands(watcher)
        # It counts fine-tunings.
        self.head.counts_stages = False
        # On the Train page and in the library: here it would stand beside what it throws away.
        self.commands.discard.hide()
        self.findings, self.grid, self.more = ComparisonFindings(), Grid(), MoreSeeds()
        self.shared = flowing("", "muted")
        self.count = label("", "heading")
        self.commands.go_on_asked.connect(self.go_on_asked)
        content = QWidget()
        layout = column(content, margin=4, gap=3)
        top = row(gap=4)
        top.addWidget(self.head, 1)
        top.addWidget(self.commands)
        layout.addLayout(top)
        layout.addWidget(self.findings.answer)
        frame, inside = card()
        for part in (self.count, self.shared, self.grid):
            inside.addWidget(part)
        layout.addWidget(frame)
        layout.addWidget(self.findings)
        layout.addLayout(self._foot())
        layout.addStretch(1)
        column(self).addWidget(scrolled(content, _("Comparison")))

    def _foot(self) -> QLayout:
        line = row(gap=2)
        line.addWidget(self.more)
        line.addStretch(1)
        line.addWidget(
            button(
                _("Copy as a &command"),
                self.copy_asked.emit,
                icon_name="copy",
                tip=_("Run this as a script: the same comparison for a terminal or a server."),
            )
        )
        line.addWidget(button(_("&New comparison …"), self.new_asked.emit, icon_name="plus"))
        return line

    def forget(self, recipe: Recipe | None) -> None:
        """Another run; None: it is no comparison."""
        self.progress = ComparisonProgress(recipe) if recipe is not None else None
        self._is_spread = recipe is not None and len(recipe.runtime.devices) > 1
        self.head.forget()
        self.findings.show_outcome(None)

    def take(self, events: Sequence[Event]) -> list[str]:
        """Take in what happened; returns the stages that were completed."""
        if self.progress is None:
            return []
        self.head.take(list(events))
        return self.progress.take(events)

    def refresh(self) -> None:
        """Show the state of things."""
        progress, watcher = self.progress, self._watcher
        if progress is None:
            return
        is_training = watcher.is_training
        self.head.show_watcher(watcher)
        # Losses are for the Train page; of several stages at once none is "the" stage.
        self.head.numbers.hide()
        self.head.stage_part.setVisible(not self._is_spread)
        self.commands.refresh()
        self.commands.discard.hide()
        # What a comparison has found until it was stopped stands on this page.
        self.commands.kept.hide()
        self.grid.fine_tunings.show_cells(
            progress.arms, progress.num_seeds, progress.cells(is_training=is_training)
        )
        total = progress.num_planned
        arms, seeds = len(progress.arms), progress.num_seeds
        times = (
            ngettext("{arms} arms × {seeds} seed", "{arms} arms × {seeds} seeds", seeds)  # noqa: RUF001
            if total == arms * seeds
            # A soup is one model, of all seeds.
            else ngettext("{arms} arms, {seeds} seed", "{arms} arms, {seeds} seeds", seeds)
        ).format(arms=arms, seeds=seeds)
        self.count.setText(
            _("{num_done} of {total} fine-tunings are done ({times})").format(
                num_done=progress.num_done, total=total, times=times
            )
        )
        self.shared.setText(_shared_words(progress.shared(is_training=is_training)))
        self.shared.setVisible(bool(self.shared.text()))
        status = watcher.status
        is_new = status is not None and status.state is RunState.NEW
        self.more.show_state(seeds, is_training=is_training, is_readable=status is not None)
        self.more.setVisible(not is_new)


def _shared_words(stages: Sequence[tuple[str, Cell]]) -> str:
    """The pre-training stages in a sentence."""
    if not stages:
        return ""
    if all(cell.state is CellState.DONE for _, cell in stages):
        names = "; ".join(in_sentence(stage_title(name)) for name, _ in stages)
        return _("Shared by the arms and done once: {names}.").format(names=names)
    parts = []
    for name, cell in stages:
        parts.append(f"{in_sentence(stage_title(name))} ({cell_words(cell)})")
    return _("First, shared by the arms and done once: {parts}.").format(parts="; ".join(parts))
