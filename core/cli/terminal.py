"""The terminal as we print to it."""

import codecs
import io
import sys
from typing import Final

from rich import console

# What our own sentences have beyond ASCII, for terminals and files that can't show it.
_IN_ASCII: Final = str.maketrans(
    {0x2026: "...", 0x2013: "-", 0x2212: "-", 0xD7: "x", 0xB1: "+-", 0x2192: "->", 0xB7: "-"}
)


def show_all_letters() -> None:
    """Have no letter end the program that the terminal can't show: it is written in ASCII.

    A class may be called anything, and Windows' code pages and `LANG=C` know few letters.
    """
    codecs.register_error("redistill", _in_ascii)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="redistill")


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end].translate(_IN_ASCII)
    return letters.encode("ascii", "backslashreplace").decode(), error.end


class Console(console.Console):
    """A console that shows names as they are: `a:b:c` is a class, and no code of a picture.

    Args:
        stderr: Whether it is the one beside the answers.
    """

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, emoji=False)
