"""Encodings older than Unicode, told by the letters they give; refused where two are as likely."""

import re
import unicodedata
from collections import Counter
from typing import Any

from core.language import _

_LATIN = ("cp1252", "cp1250", "cp1254", "cp1257")
_OTHERS = ("cp1251", "cp1253", "cp1255", "cp1256", "koi8_r")
_SCRIPTS = {
    "cp1251": "CYRILLIC",
    "koi8_r": "CYRILLIC",
    "cp1253": "GREEK",
    "cp1255": "HEBREW",
    "cp1256": "ARABIC",
}
_MANY_BYTES = ("gb18030", "cp932", "euc_jp", "big5", "cp949")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
# Two such bytes with no letter beside them: a Chinese or Japanese word of one letter.
_LONE_PAIR = re.compile(rb"(?<![A-Za-z\x80-\xff])[\x80-\xff]{2}(?![A-Za-z\x80-\xff])")
# Where Windows-1254 is not Windows-1252.
_TURKISH = re.compile(rb"[\xd0\xdd\xde\xf0\xfd\xfe]")
# Of all runs of bytes beyond ASCII, those of one or two letters: as in words of Latin letters.
_LATIN_SHARE = 0.75
_SHORT_RUN = 2
# Encodings of Latin letters on Mac OS and DOS.
_BEFORE_WINDOWS = ("mac_roman", "cp850")
_INSIDE_WORDS = "\u2019\u2018\u00b4\u00b7\u00ad\u2010\u2011"
# Shares of signs that make no words: so many, and it is another encoding; so few, and it is this.
_MANY_ODD = 0.25
_FEW_ODD = 0.1
# Scores of charset-normalizer that differ by less say nothing.
_SLACK = 0.02


def guessed(sample: bytes) -> str:
    """The encoding of some lines that are not UTF-8.

    Raises:
        ValueError: It can't be told; its words name the setting.
    """
    from charset_normalizer import from_bytes

    is_latin = _looks_latin(sample) and not _has_kana(sample)
    isolated = list(_LATIN if is_latin else (*_OTHERS, *_MANY_BYTES))
    found = list(from_bytes(sample, cp_isolation=isolated, enable_fallback=False))
    if is_latin and (older := _before_windows(sample)):
        return older
    if is_latin and found:
        return _latin(found, sample)
    found = [match for match in found if _is_plausible(match.encoding, str(match))]
    if not found:
        raise ValueError(_refusal(""))
    best = min(found, key=lambda match: (match.chaos, -match.coherence))
    if best.encoding in _SCRIPTS and all(len(run) % 2 == 0 for run in _HIGH_RUN.findall(sample)):
        # Words of another alphabet have odd numbers of letters, too; pairs of bytes are Chinese.
        raise ValueError(_refusal(""))
    for other in found:
        is_as_good = other.chaos <= best.chaos + _SLACK and other.coherence >= best.coherence
        if other is not best and is_as_good and str(other) != str(best):
            both = _(": {first} and {second} are as likely")
            raise ValueError(_refusal(both.format(first=best.encoding, second=other.encoding)))
    return str(best.encoding)


def _refusal(more: str) -> str:
    return _("its encoding can't be told{why}; name it with data.encoding (--encoding)").format(
        why=more
    )


def _looks_latin(sample: bytes) -> bool:
    runs = [len(run) for run in _HIGH_RUN.findall(sample)]
    short = sum(length <= _SHORT_RUN for length in runs) - len(_LONE_PAIR.findall(sample))
    return short >= _LATIN_SHARE * len(runs)


def _has_kana(sample: bytes) -> bool:
    """Whether it is Japanese whose letters have second bytes of ASCII, as katakana."""
    try:
        scripts = _scripts(sample.decode("cp932"))
    except UnicodeDecodeError:
        return False
    return scripts["HIRAGANA"] + scripts["KATAKANA"] >= 0.3 * scripts.total()


def _before_windows(sample: bytes) -> str:
    """The encoding of Mac OS or DOS if its letters make words, and those of Windows none."""
    if _odd_share(sample, "cp1252") < _MANY_ODD:
        return ""
    odd = {encoding: _odd_share(sample, encoding) for encoding in _BEFORE_WINDOWS}
    best = min(odd, key=lambda encoding: odd[encoding])
    is_alone = sorted(odd.values())[1] > odd[best] + _FEW_ODD
    return best if odd[best] <= _FEW_ODD and is_alone else ""


def _odd_share(sample: bytes, encoding: str) -> float:
    """Of signs beyond ASCII, how many are no letter inside a word, or large in a small one."""
    text = sample.decode(encoding, "replace")
    total = odd = 0
    for before, sign, after in zip(" " + text, text, text[1:] + " ", strict=False):
        if sign.isascii():
            continue
        total += 1
        is_inside = before.isalpha() and after.isalpha() and sign not in _INSIDE_WORDS
        is_large = before.islower() and sign.isupper()
        odd += sign == "\ufffd" or is_large or (is_inside and not sign.isalpha())
    return odd / max(1, total)


def _latin(found: list[Any], sample: bytes) -> str:
    """Windows-1252, unless another one fits better."""
    best = found[0]
    if best.language == "Turkish" and _TURKISH.search(sample):
        return "cp1254"
    western = next((m for m in found if "cp1252" in m.could_be_from_charset), None)
    if western is None or (best.chaos, -best.coherence) < (
        western.chaos - _SLACK,
        -western.coherence,
    ):
        return str(best.encoding)
    try:
        sample.decode("cp1252")
    except UnicodeDecodeError:
        raise ValueError(_refusal("")) from None
    return "cp1252"


def _is_plausible(encoding: str, text: str) -> bool:
    """Whether the letters are those that are written in this encoding."""
    scripts = _scripts(text)
    total = scripts.total()
    if encoding == "cp949":
        # The syllables that this code page has beyond its standard are hardly ever written.
        letters = [letter.encode("cp949", "replace") for letter in text if not letter.isascii()]
        is_usual = sum(min(pair) > 0xA0 for pair in letters) >= 0.95 * len(letters)
        return scripts["HANGUL"] >= 0.8 * total and is_usual
    if encoding in {"cp932", "euc_jp"}:
        return scripts["HIRAGANA"] + scripts["KATAKANA"] >= 0.1 * total and not scripts["HALFWIDTH"]
    if encoding in {"gb18030", "big5"}:
        return scripts["CJK"] >= 0.8 * total
    if encoding in _SCRIPTS:
        # Of all beyond ASCII, not of letters alone: signs among them tell of another encoding.
        beyond = sum(not letter.isascii() for letter in text)
        return scripts[_SCRIPTS[encoding]] >= 0.7 * beyond
    return True


def _scripts(text: str) -> Counter[str]:
    """How many letters beyond ASCII there are of each script."""
    letters = (letter for letter in text if not letter.isascii() and letter.isalpha())
    return Counter(unicodedata.name(letter, "").split(" ")[0] for letter in letters)
