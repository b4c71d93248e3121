"""What the window remembers between starts; a damaged file is set aside, never fatal."""

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QSettings, QStandardPaths

from core.language.choice import LANGUAGES, SYSTEM
from gui.theme import Look, Motion

_MOST_RECENT = 50
_MOST_GUESSES = 500


class Settings(QObject):
    """Typed access to the settings file; values that make no sense count as not set.

    Attributes:
        set_aside: Where a damaged file was moved; None when nothing was wrong.
        usual_text_size: In per cent, until one is chosen.
    """

    def __init__(self, file: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.file = file or _default_file()
        self.set_aside: Path | None = None
        self.usual_text_size = 100
        self._values = self._opened()

    @property
    def look(self) -> Look:
        """The chosen look."""
        try:
            return Look(str(self._values.value("look", Look.SYSTEM)))
        except ValueError:
            return Look.SYSTEM

    @look.setter
    def look(self, look: Look) -> None:
        self._values.setValue("look", str(look))

    @property
    def motion(self) -> Motion:
        """Whether changes are eased."""
        try:
            return Motion(str(self._values.value("motion", Motion.SYSTEM)))
        except ValueError:
            return Motion.SYSTEM

    @motion.setter
    def motion(self, motion: Motion) -> None:
        self._values.setValue("motion", str(motion))

    @property
    def text_size(self) -> int:
        """In per cent."""
        try:
            return int(str(self._values.value("text_size", self.usual_text_size)))
        except ValueError:
            return self.usual_text_size

    @text_size.setter
    def text_size(self, percent: int) -> None:
        self._values.setValue("text_size", percent)

    @property
    def language(self) -> str:
        """Code of the language to talk from the next start on, or `SYSTEM`."""
        code = str(self._values.value("language", SYSTEM))
        return code if code in LANGUAGES else SYSTEM

    @language.setter
    def language(self, code: str) -> None:
        self._values.setValue("language", code)

    @property
    def notifies(self) -> bool:
        """Whether the system is asked to say that a run has ended."""
        return self.flag("notifies", default=True)

    @notifies.setter
    def notifies(self, notifies: bool) -> None:
        self.set_flag("notifies", notifies)

    @property
    def has_seen_tour(self) -> bool:
        """Whether the tour was seen or ended: it is then offered in the Help menu alone."""
        return self.flag("tour_seen")

    @has_seen_tour.setter
    def has_seen_tour(self, has_seen: bool) -> None:
        self.set_flag("tour_seen", has_seen)

    @property
    def runs_folder(self) -> Path:
        """Where new runs are put."""
        value = self._values.value("runs_folder")
        return Path(value) if isinstance(value, str) and value else default_runs_folder()

    @runs_folder.setter
    def runs_folder(self, folder: Path) -> None:
        self._values.setValue("runs_folder", str(folder))

    @property
    def data_folder(self) -> Path | None:
        """Where data were looked for last; None before."""
        value = self._values.value("data_folder")
        return Path(value) if isinstance(value, str) and value else None

    @data_folder.setter
    def data_folder(self, folder: Path) -> None:
        self._values.setValue("data_folder", str(folder))

    @property
    def runs(self) -> list[Path]:
        """Runs opened before, the latest first."""
        return [Path(text) for text in self._texts("runs")]

    def remember_run(self, run: Path) -> None:
        """Put a run first in the list."""
        runs = [run, *(known for known in self.runs if known != run)]
        self._values.setValue("runs", [str(known) for known in runs[:_MOST_RECENT]])

    def forget_run(self, run: Path) -> None:
        """Take a run off the list; its files stay."""
        self._values.setValue("runs", [str(known) for known in self.runs if known != run])

    @property
    def seen_guesses(self) -> list[str]:
        """Marks of guesses about data that somebody has looked at, the latest first."""
        return self._texts("seen_guesses")

    def remember_guesses(self, marks: Sequence[str]) -> None:
        """Put marks first in the list."""
        kept = dict.fromkeys([*marks, *self.seen_guesses])
        self._values.setValue("seen_guesses", list(kept)[:_MOST_GUESSES])

    @property
    def geometry(self) -> QByteArray:
        """Place and size of the window; empty when not known."""
        value = self._values.value("geometry")
        return value if isinstance(value, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._values.setValue("geometry", geometry)

    def flag(self, name: str, default: bool = False) -> bool:
        """A yes or no."""
        return str(self._values.value(name, default)).lower() == "true"

    def set_flag(self, name: str, value: bool) -> None:
        """Remember a yes or no."""
        self._values.setValue(name, value)

    def sync(self) -> None:
        """Write now."""
        self._values.sync()

    def _texts(self, name: str) -> list[str]:
        value = self._values.value(name)
        texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return [text for text in texts if isinstance(text, str) and text]

    def _opened(self) -> QSettings:
        values = QSettings(str(self.file), QSettings.Format.IniFormat)
        values.sync()
        if values.status() is QSettings.Status.NoError and _is_text(self.file):
            return values
        self.set_aside = self.file.with_suffix(".bak")
        with contextlib.suppress(OSError):
            self.file.replace(self.set_aside)
        # Another object: Qt keeps what it read of a damaged file.
        return QSettings(str(self.file), QSettings.Format.IniFormat)


def default_runs_folder() -> Path:
    """`Redistill` in the user's documents."""
    where = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(where or Path.home()) / "Redistill"


def _default_file() -> Path:
    chosen = os.environ.get("REDISTILL_SETTINGS")
    if chosen:
        return Path(chosen)
    where = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    return Path(where) / "redistill" / "window.ini"


def _is_text(file: Path) -> bool:
    """Qt reads anything as an INI file; this finds out what is none."""
    try:
        text = file.read_bytes()
    except OSError:
        return True
    lines = [line for line in text.splitlines() if line.strip()]
    return b"\0" not in text and all(b"=" in ln or ln.startswith((b"[", b";")) for ln in lines)
