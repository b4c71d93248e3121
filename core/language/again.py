"""What another process has said in English, said again in the language in use.

Processes of ours write and answer in English: run folders are shared. Where their sentences are
marked with `_`, the catalog knows what they were made of: here a text is taken apart by that, and
put together in the other language, with what was in its places likewise.
"""

import re
import struct
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from core.language.choice import ENGLISH, PSEUDO
from core.language.messages import language, ngettext, read_catalog, translated
from core.language.pseudo import pseudo

_PLACE = re.compile(r"\{(\w*)([^{}]*)\}")
# What a place with the format of a number holds; of any other one nobody knows.
_NUMBER_FORMAT, _NUMBER = re.compile(r":[^{}]*[,.dfg%][^{}]*"), r"[-+\u2212]?[\d.,]+"
_SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-Z])")
# A name with a number behind it.
_BRACKET = re.compile(r"(.+) (\([^()]*\))")
# `24 unlabeled images`: a number and what is counted.
_COUNT = re.compile(r"([\d.,]+) (\D+)")
# With fewer letters of its own, a message fits anything.
_FEWEST_LETTERS = 4
# Of a place: more words are a sentence, which has to be understood itself. Names of files and
# numbers are none.
_MOST_WORDS, _WORD = 5, re.compile(r"(?<!\S)[^\W\d_]{2,}[,.;:)]?(?!\S)")
_MOST_KEPT = 2_000
_MAGIC = 0x950412DE
# Places that hold names of the user's, which may be words that are known: a column `label`.
_NAMES = "column label path split group flags classes columns folder below tables unused unknown"
_OF_USERS = {f"p_{name}" for name in (*_NAMES.split(), "others", "more")}
_DEEPEST = 3


@dataclass(frozen=True)
class _Template:
    """A message with places, as English has it.

    Attributes:
        pattern: What was made of it matches; compiled when it is tried.
        longest: Its longest piece without a place.
        letters: How many it has of its own.
        one: The message, of two forms that for one.
        many: The other form; empty where there is one form.
    """

    pattern: str
    longest: str
    letters: int
    one: str
    many: str


def again(text: str) -> str:
    """The text in the language in use; itself where nobody knows what it was made of."""
    if language() == ENGLISH or not text.strip():
        return text
    return pseudo(text) if language() == PSEUDO else _again(text, language(), 0)


@lru_cache(maxsize=_MOST_KEPT)
def _again(text: str, code: str, depth: int) -> str:
    """Args: the text; the language, so that answers of another one are not kept; how deep."""
    # gettext's answer to an empty message is the head of the catalog.
    if not text or (whole := translated(text)) != text:
        return text and whole
    if depth > _DEEPEST:
        return text
    for template in _templates(code):
        if template.longest in text and (found := _compiled(template.pattern).fullmatch(text)):
            filled = _filled(template, found, code, depth)
            if filled is not None:
                return filled
    sentences = _SENTENCE.split(text)
    if len(sentences) > 1:
        return " ".join(_again(each, code, depth + 1) for each in sentences)
    if bracket := _BRACKET.fullmatch(text):
        return f"{_again(bracket[1], code, depth + 1)} {translated(bracket[2])}"
    return _short(text, code, depth)


def _short(text: str, code: str, depth: int) -> str:
    """A count, or what stands otherwise elsewhere: with blanks around it, or within a sentence."""
    if counted := _COUNT.fullmatch(text):
        message = f"{{count:,}} {counted[2]}"
        form = translated(message)
        return _PLACE.sub(counted[1], form) if form != message else text
    if (bare := text.strip()) != text:
        return text.replace(bare, _again(bare, code, depth + 1))
    lower = text[:1].lower() + text[1:]
    known = translated(lower)
    return known[:1].upper() + known[1:] if known != lower else text


def _filled(template: _Template, found: re.Match[str], code: str, depth: int) -> str | None:
    """The message with its values; None where it only seems to fit: most of it is not its own."""
    values = {
        name: value if name in _OF_USERS else _again(value, code, depth + 1)
        for name, value in found.groupdict().items()
    }
    if any(
        len(_WORD.findall(value)) > _MOST_WORDS and values[name] == value
        for name, value in found.groupdict().items()
    ):
        return None
    message = translated(template.one)
    if template.many:
        numbers = (value.replace(",", "") for value in found.groupdict().values())
        number = next((float(value) for value in numbers if value.isdigit()), 2.0)
        message = ngettext(template.one, template.many, number)
    # The forms for one and for many may name what is in them otherwise.
    named = {_group(name) for name, _format in _PLACE.findall(message)}
    rest = [value for name, value in values.items() if name not in named]
    return _PLACE.sub(
        lambda place: values.get(_group(place[1]), rest[0] if rest else place[0]), message
    )


@cache
def _templates(code: str) -> tuple[_Template, ...]:
    """Of a catalog, those with most of their own letters first."""
    del code
    made = [
        _template(text, forms[0], forms[1] if len(forms) > 1 else "")
        for forms in (each.split("\0") for each in _messages(read_catalog()))
        for text in forms
        if _PLACE.search(text)
    ]
    return tuple(
        sorted(
            (each for each in made if each.letters >= _FEWEST_LETTERS),
            key=lambda each: -each.letters,
        )
    )


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.DOTALL)


def _template(text: str, one: str, many: str) -> _Template:
    pattern, end = "", 0
    known: set[str] = set()
    pieces: list[str] = []
    for place in _PLACE.finditer(text):
        pieces.append(text[end : place.start()])
        name = _group(place[1])
        # What is written on to a word may be nothing: `{folder}/ is unlabeled{kept}`.
        any_text = ".*?" if re.search(r"[\w%)]$", pieces[-1]) else ".+?"
        held = _NUMBER if _NUMBER_FORMAT.fullmatch(place[2]) else any_text
        again = f"(?P={name})" if name in known else f"(?P<{name}>{held})"
        known.add(name)
        pattern += re.escape(pieces[-1]) + again
        end = place.end()
    pieces.append(text[end:])
    letters = sum(character.isalpha() for piece in pieces for character in piece)
    return _Template(pattern + re.escape(pieces[-1]), max(pieces, key=len), letters, one, many)


def _group(name: str) -> str:
    """A place's name as a group of a pattern."""
    return f"p_{name}"


def _messages(catalog: Path) -> list[str]:
    """All messages of a compiled catalog; those of two forms with a NUL between them."""
    data = catalog.read_bytes()
    order = "<" if struct.unpack_from("<I", data)[0] == _MAGIC else ">"
    number, first = struct.unpack_from(f"{order}II", data, 8)
    places = (struct.unpack_from(f"{order}II", data, first + 8 * at) for at in range(number))
    return [data[start : start + length].decode() for length, start in places if length]
