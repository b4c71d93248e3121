"""Names in zip files as they were written: not all programs say which encoding theirs have."""

import unicodedata
from collections.abc import Sequence
from zipfile import ZipInfo

_IS_UTF8 = 0x800
_WIDE = ("CJK UNIFIED", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC", "FULLWIDTH")


def written_names(entries: Sequence[ZipInfo]) -> list[str]:
    """The names of all entries.

    One that is marked as UTF-8 is. Others are by the standard in the code page of DOS, but macOS
    writes UTF-8 without the mark, and Windows the code page of its country. All names of a file
    have one encoding: that in which each of them makes sense.
    """
    raw = [entry.filename.encode("cp437", "replace") for entry in entries]
    unsaid = [
        name
        for name, entry in zip(raw, entries, strict=True)
        if not entry.flag_bits & _IS_UTF8 and not name.isascii()
    ]
    encoding = _encoding(unsaid) if unsaid else "cp437"
    return [
        entry.filename if entry.flag_bits & _IS_UTF8 or name.isascii() else name.decode(encoding)
        for name, entry in zip(raw, entries, strict=True)
    ]


def _encoding(names: list[bytes]) -> str:
    if all(_decoded(name, "utf-8") is not None for name in names):
        return "utf-8"
    if all(_is_japanese(name) for name in names):
        return "cp932"
    if all(_is_chinese(name) for name in names):
        return "cp936"
    return "cp437"


def _is_chinese(name: bytes) -> bool:
    """Whether all that is not ASCII are Chinese characters of the first standard set."""
    text = _decoded(name, "gb2312")
    return text is not None and all(_is_wide(letter) for letter in text if letter > "~")


def _is_japanese(name: bytes) -> bool:
    """Whether there are kana and kanji only, and most of them stand side by side.

    A word with an umlaut in the code page of DOS can look like a single kanji among letters.
    """
    text = _decoded(name, "cp932")
    if text is None:
        return False
    wide = [place for place, letter in enumerate(text) if letter > "~"]
    if any("\uff61" <= text[place] <= "\uff9f" or not _is_wide(text[place]) for place in wide):
        return False
    together = {place for place in wide if {place - 1, place + 1} & set(wide)}
    has_kana = any("\u3040" <= text[place] <= "\u30ff" for place in wide)
    return has_kana or 2 * len(together) > len(wide)


def _is_wide(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(_WIDE)


def _decoded(name: bytes, encoding: str) -> str | None:
    try:
        return name.decode(encoding)
    except UnicodeDecodeError:
        return None
