"""What the model sees: held examples, what is hidden of them, what it fills in."""

from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QThreadPool, QTimer, Signal
from PySide6.QtGui import QImage, QShowEvent
from PySide6.QtWidgets import QComboBox, QStackedWidget, QWidget

from core.language import _
from core.run.events import Event, PreviewSaved, StageStarted
from core.run.folder import RunFolder
from gui.pages.train.before_after import start_and_now
from gui.pages.train.contact_sheet import ContactSheet
from gui.pages.train.guess_view import GuessView
from gui.pages.train.guesses import Guesses
from gui.widgets.basics import column, label, row
from gui.widgets.elided import Elided
from gui.words.numbers import stage_title

# At most that often, however fast the events come.
_LOOK_MS = 500
_SUFFIXES = {".png", ".json"}
_WHICH = ((_("Start and now"), "both"), (_("Now"), "latest"), (_("At the start"), "first"))


class Previews(QWidget):
    """Shows the newest file of the run's `previews` folder."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: RunFolder | None = None
        self._shown: tuple[str, str, int] = ("", "", 0)
        self._steps: dict[str, int] = {}
        self._reading: _Reading | None = None
        layout = column(self, gap=1)
        head = row(gap=1)
        head.addWidget(label(_("What the model sees"), "heading", wrap=False), 1)
        self.which = QComboBox()
        for text, value in _WHICH:
            self.which.addItem(text, value)
        self.which.setAccessibleName(
            _("What the model sees: at the start of the stage, now, or both")
        )
        self.which.activated.connect(lambda _: self.look())
        head.addWidget(self.which)
        layout.addLayout(head)
        self.caption = Elided("", "muted")
        layout.addWidget(self.caption)
        self.picture, self.guesses = ContactSheet(), GuessView()
        self._shows = QStackedWidget()
        self._shows.addWidget(self.picture)
        self._shows.addWidget(self.guesses)
        layout.addWidget(self._shows, 1)
        self._soon = QTimer(self, interval=_LOOK_MS, singleShot=True)
        self._soon.timeout.connect(self.look)
        self.watch(None)

    def watch(self, run: RunFolder | None) -> None:
        """Show the pictures of another run."""
        self._run, self._shown, self._reading = run, ("", "", 0), None
        self._steps.clear()
        self.picture.show_image(QImage(), "")
        self.guesses.show_guesses(Guesses(), "")
        self._shows.setCurrentWidget(self.picture)
        self.caption.show_text(_("Examples come with the first steps of pre-training."))
        self.which.setEnabled(False)
        self.look()

    def take(self, events: list[Event]) -> None:
        """A new picture may be there."""
        for event in events:
            if isinstance(event, PreviewSaved):
                self._steps[event.stage] = event.step
        if any(isinstance(event, PreviewSaved | StageStarted) for event in events):
            self._soon.start()

    def look(self) -> None:
        """Read the newest picture, if there is a newer one."""
        if self._run is None or not self.isVisible():
            return
        if self._reading is not None:
            self._soon.start()
            return
        reading = _Reading(self._run.previews, str(self.which.currentData()), self._shown)
        reading.news.read.connect(self._on_read)
        self._reading = reading
        QThreadPool.globalInstance().start(reading)

    def showEvent(self, event: QShowEvent) -> None:
        """Come up to date."""
        super().showEvent(event)
        self.look()

    def _on_read(self, reading: object, name: str, stamp: int, found: object) -> None:
        if reading is not self._reading or self._reading is None:
            return
        which, self._reading = self._reading.which, None
        if found is not None:
            self._show(name, stamp, which, found)
        if which != self.which.currentData():
            self.look()  # the choice has changed meanwhile

    def _show(self, name: str, stamp: int, which: str, found: object) -> None:
        self._shown = (which, name, stamp)
        self.which.setEnabled(True)
        stage = name.removesuffix(f"-{_file_of(which)}")
        when = _("at its start")
        if which != "first":
            step = self._steps.get(stage)
            when = _("step {step:,}").format(step=step) if step is not None else _("newest")
        words = f"{stage_title(stage)}, {when}"
        if isinstance(found, Guesses):
            words = f"{found.score}. {words}"
            self.guesses.show_guesses(found, words)
            self._shows.setCurrentWidget(self.guesses)
        elif isinstance(found, QImage):
            self.picture.show_image(found, words)
            self._shows.setCurrentWidget(self.picture)
        self.caption.show_text(words)


class _News(QObject):
    read = Signal(object, str, object, object)  # nanoseconds do not fit into a C int


class _Reading(QRunnable):
    def __init__(self, folder: Path, which: str, shown: tuple[str, str, int]) -> None:
        super().__init__()
        self.setAutoDelete(False)
        self._folder, self.which, self._before = folder, which, shown
        self.news = _News()

    def run(self) -> None:
        name, stamp = "", 0
        found: QImage | Guesses | None = None
        try:
            pattern = f"*-{_file_of(self.which)}.*"
            files = [
                (file.stat().st_mtime_ns, file)
                for file in self._folder.glob(pattern)
                if file.suffix in _SUFFIXES and not file.name.startswith(".")
            ]
            if files:
                stamp, newest = max(files)
                name = newest.stem
                if (self.which, name, stamp) != self._before:
                    found = _read_both(newest) if self.which == "both" else _read(newest)
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            pass  # it vanished, or is being replaced; the next look finds another one
        self.news.read.emit(self, name, stamp, found)


def _file_of(which: str) -> str:
    return "first" if which == "first" else "latest"


def _read_both(latest: Path) -> QImage | Guesses | None:
    now = _read(latest)
    first = latest.with_name(latest.name.replace("-latest.", "-first."))
    start = _read(first) if first.exists() else None
    if isinstance(now, QImage) and isinstance(start, QImage):
        return start_and_now(start, now)
    if isinstance(now, Guesses) and isinstance(start, Guesses):
        return now.beside(start)
    return now


def _read(file: Path) -> QImage | Guesses | None:
    if file.suffix == ".json":
        return Guesses.read(file.read_bytes())
    image = QImage(str(file))
    return image if not image.isNull() else None
