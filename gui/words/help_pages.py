"""The pages of the help in the language in use.

They are written in English. Of those that the window opens itself, each paragraph, heading, item of
a list and row of a table is a message of the catalogs; the others say that they are in English.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from core.language import _, language
from core.language.choice import ENGLISH
from core.language.messages import translated
from core.system.resources import RESOURCES
from gui.words import glossary

HELP = RESOURCES / "help"
# F1 opens them, or the menu does; what they have in common with others needs no second mention.
TRANSLATED: Final = (
    *("index", "library", "data", "model", "plan", "train", "results", "compare", "export"),
    *("use", "queue", "figures", "walkthrough", "about"),
)
_FENCE, _CODE = "```", "    "
# The beginning of an item, and of what stands within it.
_ITEM = re.compile(r"(?P<mark> *(?:[-*]|\d+\.) +)(?P<text>.*)")
# Of a table: the line below its head, and a head without words.
_RULE = re.compile(r"\|(?: *(?::?-+:?)? *\|)+")


@dataclass(frozen=True)
class _Piece:
    """A piece of a page.

    Attributes:
        mark: What stands before it and is no word, such as the dash of an item.
        text: In one line; of code and blank lines as it is.
        is_said: Whether it is a message.
    """

    mark: str
    text: str
    is_said: bool = True

    @property
    def said(self) -> str:
        """The text in the language in use."""
        return translated(self.text) if self.is_said else self.text


def titles() -> dict[str, str]:
    """The heading of every page, by its topic."""
    found = {}
    for file in sorted(HELP.glob("*.md")):
        first = file.read_text(encoding="utf-8").partition("\n")[0]
        found[file.stem] = translated(first).lstrip("# ").replace("{version}", "").strip()
    return found


def help_page(topic: str) -> str:
    """A page as Markdown; the contents where there is none of that name."""
    file = HELP / f"{topic}.md"
    if not file.is_file():
        file = HELP / "index.md"
    if file == glossary.GLOSSARY:
        return glossary.page()
    text = file.read_text(encoding="utf-8")
    if language() == ENGLISH:
        return text
    if file.stem not in TRANSLATED:
        head, _blank, rest = text.partition("\n")
        alone = _("This page is there in English alone.")
        return f"{translated(head)}\n\n*{alone}*\n{rest}"
    return "\n".join(piece.mark + piece.said for piece in _pieces(text))


def messages() -> Iterator[tuple[str, str]]:
    """Topic and message of all that is said in every language: pages, and headings of the rest."""
    for file in sorted(HELP.glob("*.md")):
        if file == glossary.GLOSSARY:
            found = glossary.messages()
        else:
            text = file.read_text(encoding="utf-8")
            if file.stem not in TRANSLATED:
                text = text.partition("\n")[0]
            found = [piece.text for piece in _pieces(text) if piece.is_said]
        yield from ((file.stem, each) for each in found)


def _pieces(text: str) -> list[_Piece]:
    """A page in pieces; lines that were broken to be read in an editor are one again."""
    found: list[_Piece] = []
    is_code, is_open = False, False
    for line in text.splitlines():
        is_fence = line.lstrip().startswith(_FENCE)
        is_indented = line.startswith(_CODE) and not is_open
        if is_fence or is_code or is_indented or not line.strip() or _RULE.fullmatch(line):
            is_code = is_code != is_fence
            found.append(_Piece("", line, is_said=False))
            is_open = False
        elif line.startswith(("#", "|")):
            found.append(_Piece("", line))
            is_open = False
        elif item := _ITEM.fullmatch(line):
            found.append(_Piece(item["mark"], item["text"]))
            is_open = True
        elif is_open:
            last = found.pop()
            found.append(_Piece(last.mark, f"{last.text} {line.strip()}"))
        else:
            indent = line[: len(line) - len(line.lstrip())]
            found.append(_Piece(indent, line.strip()))
            is_open = True
    return found
