"""What was found out about tables and texts rather than said: one guess where many files agree."""

from collections.abc import Callable
from typing import Final

from core.data.manifest import Guess, displayed
from core.data.splits import nfc
from core.language import _

# Told (setting of `data`, value): what a file was taken for.
Tell = Callable[[str, str], None]
# The value where nothing was found.
NOTHING: Final = "none"
_WORDS: Final = {
    "path_column": _("the column of file names"),
    "text_column": _("the text column"),
    "label_column": _("the label column"),
    "split_column": _("the split column"),
    "encoding": _("the encoding"),
    "separator": _("the separator"),
}


def unheard(setting: str, value: str) -> None:
    """For who does not want to know."""
    del setting, value


class FileGuesses:
    """Collects guesses about files."""

    def __init__(self) -> None:
        self._files: dict[tuple[str, str], list[str]] = {}

    def of(self, name: str) -> Tell:
        """Where the guesses about one file go."""

        def tell(setting: str, value: str) -> None:
            self._files.setdefault((setting, value), []).append(name)

        return tell

    def guesses(self) -> list[Guess]:
        """All of them; files are named where they differ, and of encodings and separators."""
        settings = [setting for setting, _ in self._files]
        found = []
        for (setting, value), names in self._files.items():
            what = _WORDS[setting]
            if settings.count(setting) > 1 or not setting.endswith("_column"):
                more = f" and {len(names) - 1:,} more" if len(names) > 1 else ""
                what = f"{what} of {displayed(nfc(names[0]))}{more}"
            found.append(Guess(what, displayed(nfc(value)), f"data.{setting}"))
        return sorted(found, key=lambda guess: list(_WORDS).index(guess.setting[5:]))
