"""Tonight's runs: what waits, in which order, and until when it is worked on."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, QTime, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QTimeEdit,
    QWidget,
)

from core.errors import RunError
from core.language import _
from core.queue.items import DONE, Item, RunQueue, Turn
from core.queue.runner import start_working
from core.queue.until import in_words, local_time, next_time
from core.run.folder import RunFolder
from gui.theme import theme
from gui.widgets.basics import button, column, label, tool
from gui.widgets.flow import Flow
from gui.widgets.notices import announce
from gui.widgets.plain import plain

_LOOK_AGAIN_MS = 2000
# A process that begins takes seconds until it can be seen.
_BEGINNING_MS = 20_000
_MOST_LINES = 6
_NUMBER = int(Qt.ItemDataRole.UserRole)
_MORNING = QTime(7, 30)
_WORDS = {
    Turn.WAITING: _("waits"),
    Turn.RUNNING: _("is training"),
    Turn.FINISHED: _("finished"),
    Turn.STOPPED: _("stopped"),
    Turn.FAILED: _("failed"),
    Turn.GONE: _("its folder is gone"),
}


class QueueList(QFrame):
    """Hidden while nothing is in it. Alt and the arrow keys move a run, Delete takes it off.

    Signals:
        notice: Tone, what, action.
        opened: The path of a run.
        done: What was changed in words, what does it again, what undoes it.
    """

    notice = Signal(str, str, str)
    opened = Signal(object)
    done = Signal(str, object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setAccessibleName(_("Tonight's runs"))
        self._turns: list[tuple[Item, Turn]] = []
        self._damage = ""
        self.words, self.list = label("", "muted"), QListWidget()
        self.begin = button(_("Be&gin"), self._begin, icon_name="play")
        self.pause = button(_("Pa&use"), self._pause, icon_name="pause")
        self.stops, self.until = QCheckBox(_("Stop a&t")), QTimeEdit(_MORNING)
        self.up = tool(_("Move up"), "chevron-up", lambda: self._move(-1))
        self.down = tool(_("Move down"), "chevron-down", lambda: self._move(1))
        self.off = tool(_("Take off the list"), "close", self._remove)
        self.clear = button(_("Clear &done"), self._clear, role="quiet")
        self._again = QTimer(self, interval=_LOOK_AGAIN_MS)
        self._again.timeout.connect(self.refresh)
        self._beginning = QTimer(self, interval=_BEGINNING_MS, singleShot=True)
        self._build()

    @property
    def is_worked_on(self) -> bool:
        """Whether a process works on the list."""
        return RunQueue().is_worked_on()

    def on_shown(self) -> None:
        """Look now and then."""
        self.refresh()
        self._again.start()

    def on_hidden(self) -> None:
        """Nobody looks."""
        self._again.stop()

    def refresh(self) -> None:
        """Show the list as it is."""
        try:
            now = RunQueue().read()
        except RunError as error:
            if self._damage != error.what:
                self.notice.emit("bad", error.what, error.action)
            self._damage = error.what
            self.hide()
            return
        self._damage = ""
        turns = [(item, item.turn()) for item in now.items]
        if turns != self._turns or self.list.count() != len(turns):
            self._turns = turns
            self._fill()
        is_worked_on = self.is_worked_on
        if is_worked_on:
            self._beginning.stop()
        self._show_state(is_worked_on=is_worked_on, until=now.until)
        self.setVisible(bool(turns))

    def add(self, path: Path) -> None:
        """Let a run that is there wait for its turn, at the end."""
        if self._do(lambda: RunQueue().add(RunFolder.open(path))):
            self.notice.emit(
                "ok", _("{name} waits with tonight's runs.").format(name=path.name), ""
            )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the list that change its order."""
        if watched is self.list and isinstance(event, QKeyEvent):
            is_key = event.type() is QEvent.Type.KeyPress
            has_alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
            steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
            if is_key and has_alt and event.key() in steps:
                self._move(steps[Qt.Key(event.key())])
                return True
            if is_key and event.key() == Qt.Key.Key_Delete:
                self._remove()
                return True
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        layout = column(self, margin=3, gap=2)
        layout.addWidget(label(_("Tonight's runs"), "heading"))
        layout.addWidget(self.words)
        self.list.setAccessibleName(_("Runs that wait"))
        self.list.setAccessibleDescription(
            _("Alt and an arrow key move a run; Delete takes it off.")
        )
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.installEventFilter(self)
        self.list.currentRowChanged.connect(lambda _: self._show_possible())
        self.list.itemActivated.connect(lambda _: self._open())
        layout.addWidget(self.list)
        line = Flow()
        ours: tuple[QWidget, ...] = (self.begin, self.pause, self.stops, self.until)
        for part in (*ours, self.up, self.down, self.off, self.clear):
            line.addWidget(part)
        layout.addLayout(line)
        self.until.setDisplayFormat("HH:mm")
        self.until.setAccessibleName(_("Time to stop"))
        self.stops.toggled.connect(lambda _: self._on_until())
        self.until.editingFinished.connect(self._on_until)
        self.hide()

    def _fill(self) -> None:
        at = self.list.currentRow()
        kept = self.list.item(at).data(_NUMBER) if 0 <= at < self.list.count() else None
        self.list.clear()
        for item, turn in self._turns:
            text = f"{item.run.name}: {_WORDS[turn]}"
            if turn is Turn.FAILED and item.text:
                text += f". {item.text}"
            entry = QListWidgetItem(text)
            entry.setData(_NUMBER, item.number)
            entry.setToolTip(plain(f"{item.run}\n{item.text}".strip()))
            self.list.addItem(entry)
            if item.number == kept:
                self.list.setCurrentItem(entry)
        lines = min(_MOST_LINES, max(1, self.list.count()))
        high = self.list.sizeHintForRow(0) if self.list.count() else theme().line_height
        self.list.setFixedHeight(lines * high + 2 * self.list.frameWidth() + theme().space(1))

    def _show_state(self, *, is_worked_on: bool, until: str) -> None:
        if is_worked_on:
            self._show_until(until)
        waiting = sum(1 for _, turn in self._turns if turn is Turn.WAITING)
        is_beginning = self._beginning.isActive()
        if is_worked_on:
            words = _("One after the other, {waiting} still to come.").format(waiting=waiting)
            if until:
                moment = in_words(datetime.fromisoformat(until), local_time())
                words += _(" Until {moment}; what runs then is paused.").format(moment=moment)
        elif is_beginning:
            words = _("Beginning …")
        elif waiting:
            words = _(
                "{waiting} to come. They begin when you say so; the window may be closed then."
            ).format(waiting=waiting)
        else:
            words = _("All of it is done.")
        self.words.setText(words)
        self.begin.setVisible(not is_worked_on)
        self.begin.setEnabled(waiting > 0 and not is_beginning)
        self.pause.setVisible(is_worked_on)
        self.clear.setEnabled(any(turn in DONE for _, turn in self._turns))
        self._show_possible()

    def _show_until(self, until: str) -> None:
        """Have the controls say when it ends, as a terminal may have set it."""
        if self.until.hasFocus():
            return
        with QSignalBlocker(self.stops), QSignalBlocker(self.until):
            self.stops.setChecked(bool(until))
            if until:
                moment = datetime.fromisoformat(until).astimezone()
                self.until.setTime(QTime(moment.hour, moment.minute))

    def _show_possible(self) -> None:
        at, count = self.list.currentRow(), len(self._turns)
        is_chosen = 0 <= at < count
        self.up.setEnabled(is_chosen and at > 0)
        self.down.setEnabled(is_chosen and at < count - 1)
        self.off.setEnabled(is_chosen and self._turns[at][1] is not Turn.RUNNING)

    def _begin(self) -> None:
        if self._do(lambda: RunQueue().stop_at(self._moment())):
            start_working()
            self._beginning.start()
            self.refresh()

    def _pause(self) -> None:
        if self._do(RunQueue().pause):
            announce(self, _("Pausing what runs"))

    def _on_until(self) -> None:
        if self.is_worked_on:
            self._do(lambda: RunQueue().stop_at(self._moment()))

    def _moment(self) -> str:
        if not self.stops.isChecked():
            return ""
        moment = next_time(self.until.time().toString("HH:mm"), local_time())
        assert moment is not None
        return moment.isoformat()

    def _move(self, step: int) -> None:
        at = self.list.currentRow()
        if 0 <= at < len(self._turns) and 0 <= at + step < len(self._turns):
            item = self._turns[at][0]

            def move(place: int) -> bool:
                if self._do(lambda: RunQueue().move(str(item.number), place)):
                    announce(self, _("Number {step} now").format(step=place))
                    return True
                return False

            if move(at + step + 1):
                words = _("Move {name}").format(name=item.run.name)
                self.done.emit(words, lambda: move(at + step + 1), lambda: move(at + 1))

    def _remove(self) -> None:
        at = self.list.currentRow()
        if 0 <= at < len(self._turns):
            item = self._turns[at][0]
            words = _("Take {name} off the list").format(name=item.run.name)
            if self._take_off(words, [(at + 1, item)]):
                what = _("{name} is off the list.").format(name=item.run.name)
                stays = _("Its folder stays: {run}. Ctrl+Z puts it back.").format(run=item.run)
                self.notice.emit("info", what, stays)

    def _clear(self) -> None:
        turns = enumerate(self._turns, start=1)
        self._take_off(
            _("Clear what is done"),
            [(place, item) for place, (item, turn) in turns if turn in DONE],
        )

    def _take_off(self, words: str, items: list[tuple[int, Item]]) -> bool:
        numbers = [str(item.number) for _, item in items]

        def again() -> bool:
            return self._do(lambda: RunQueue().remove(numbers))

        if not again():
            return False
        self.done.emit(words, again, lambda: self._do(lambda: RunQueue().put_back(items)))
        return True

    def _open(self) -> None:
        at = self.list.currentRow()
        if 0 <= at < len(self._turns) and self._turns[at][1] is not Turn.GONE:
            self.opened.emit(self._turns[at][0].run)

    def _do(self, change: Callable[[], object]) -> bool:
        try:
            change()
        except RunError as error:
            self.notice.emit("bad", error.what, error.action)
            return False
        self.refresh()
        return True
