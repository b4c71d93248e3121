"""Texts with hidden words and the model's guesses, as rich text: read, judged, written."""

import json
from dataclasses import dataclass
from html import escape
from typing import Any

from core.language import _
from gui.theme import theme
from gui.words.numbers import percent

_RIGHT, _WRONG = "✓", "✗"


@dataclass(frozen=True)
class Guesses:
    """The texts of one preview.

    Attributes:
        texts: As `core.text.previews` writes them.
        at_start: How many words were guessed at the start of the stage; None: not to be said.
    """

    texts: tuple[dict[str, Any], ...] = ()
    at_start: int | None = None

    @classmethod
    def read(cls, data: bytes) -> "Guesses":
        """Raises `ValueError`, `KeyError` or `TypeError` when it is no such file."""
        texts = tuple(json.loads(data))
        for text in texts:
            _words_of(text)
            _details_of(text)
        return cls(texts)

    @property
    def score(self) -> str:
        """How many hidden words are guessed; of views, which guess nothing, what they lack."""
        hidden = self._hidden
        if hidden and not any(map(_is_asked_for, hidden)):
            return _("{number:,} words left out of one view of each text").format(
                number=len(hidden)
            )
        start = (
            ""
            if self.at_start is None
            else _(", {at_start:,} at the start").format(at_start=self.at_start)
        )
        return _("{num_right:,} of {number:,} hidden words guessed{start}").format(
            num_right=_num_right(hidden), number=len(hidden), start=start
        )

    def beside(self, first: "Guesses") -> "Guesses":
        """These, with how many of the same words were guessed at the start of the stage."""
        asked, asked_first = (
            [(each["was"], "guesses" in each) for text in of.texts for each in text["hidden"]]
            for of in (self, first)
        )
        if asked != asked_first:
            return self  # of other texts: an earlier version chose them
        return Guesses(self.texts, _num_right(first._hidden))  # noqa: SLF001

    @property
    def _hidden(self) -> list[dict[str, Any]]:
        return [each for text in self.texts for each in text["hidden"]]

    def html(self) -> str:
        """Each text with its hidden words marked; below it every hidden word with the guesses."""
        gap, muted = theme().space(2), theme().colour("muted").name()
        # Not within the f-string: there nobody would find it to be translated.
        counted = _("Text {number} of {total}")
        return "".join(
            f'<p style="color:{muted}; margin-top:{gap if number > 1 else 0}px; margin-bottom:0">'
            f"{counted.format(number=number, total=len(self.texts))}</p>"
            f'<p style="margin-top:0; margin-bottom:{gap // 2}px">{_words_of(text)}</p>'
            f"{_details_of(text)}"
            for number, text in enumerate(self.texts, 1)
        )


def _num_right(hidden: list[dict[str, Any]]) -> int:
    return sum(_is_right(each) for each in hidden if _is_asked_for(each))


def _words_of(text: dict[str, Any]) -> str:
    """The running text; a hidden word stands in brackets with a sign whether it was guessed."""
    made: list[str] = []
    for token, joined, index in text["tokens"]:
        letters = str(token).removeprefix("##").strip()
        space = "" if joined or not made else " "
        if index < 0:
            made.append(space + escape(letters))
            continue
        hidden = text["hidden"][index]
        verdict = ""
        if _is_asked_for(hidden):
            role, sign = _look(hidden)
            verdict = f'&nbsp;<span style="color:{theme().colour(role).name()}">{sign}</span>'
        made.append(
            f'{space}<span style="background:{theme().colour("accent_soft").name()}">'
            f"<b>[{escape(letters)}</b>{verdict}<b>]</b></span>"
        )
    return "".join(made)


def _details_of(text: dict[str, Any]) -> str:
    """A table: sign and hidden word, then its likeliest guesses."""
    rows = []
    for hidden in filter(_is_asked_for, text["hidden"]):
        role, sign = _look(hidden)
        guesses = ", ".join(
            f"{escape(_plain(word))}&nbsp;{percent(float(share), 0)}"
            for word, share in hidden["guesses"][:3]
        )
        rows.append(
            f'<tr><td style="color:{theme().colour(role).name()}">{sign}&nbsp;</td>'
            f"<td><b>{escape(_plain(hidden['was']))}</b>&nbsp;&nbsp;</td><td>{guesses}</td></tr>"
        )
    return f'<table cellspacing="0" cellpadding="1">{"".join(rows)}</table>'


def _is_asked_for(hidden: dict[str, Any]) -> bool:
    """Whether the model had to guess it: in a view it is only left out."""
    return "guesses" in hidden


def _look(hidden: dict[str, Any]) -> tuple[str, str]:
    return ("ok", _RIGHT) if _is_right(hidden) else ("bad", _WRONG)


def _is_right(hidden: dict[str, Any]) -> bool:
    return bool(hidden["guesses"]) and hidden["guesses"][0][0] == hidden["was"]


def _plain(word: str) -> str:
    return word.removeprefix("##").strip() or "␣"
