"""Which languages there are, and which of them to talk."""

import os
from collections.abc import Mapping, Sequence
from typing import Final

ENGLISH: Final = "en"
GERMAN: Final = "de"
CHINESE: Final = "zh_CN"
# English with accents, brackets and 40 % more letters: shows what is cut or not translated.
PSEUDO: Final = "pseudo"
# By code, each in itself.
LANGUAGES: Final[Mapping[str, str]] = {
    ENGLISH: "English",
    GERMAN: "Deutsch",
    CHINESE: "简体中文",
}
# The preference that leaves it to the system.
SYSTEM: Final = "system"
VARIABLE: Final = "REDISTILL_LANGUAGE"
# Chinese with the other characters, which has no catalog.
_TRADITIONAL = {"hant", "tw", "hk", "mo"}


def language_for(preferred: str, of_system: Sequence[str]) -> str:
    """Code of the language to talk.

    Args:
        preferred: What was chosen in the preferences; the variable `REDISTILL_LANGUAGE` precedes.
        of_system: The system's languages, the best first, as `de-AT` or `zh-Hans-CN`.
    """
    known = {*LANGUAGES, PSEUDO}
    wanted = (os.environ.get(VARIABLE, ""), preferred)
    chosen = next((code for code in wanted if code in known), None)
    if chosen is not None:
        return chosen
    return next((code for code in map(_known_as, of_system) if code), ENGLISH)


def _known_as(tag: str) -> str | None:
    """The code of a language tag; None where there is no catalog of it."""
    first, *rest = tag.replace("_", "-").lower().split("-")
    if first == "zh":
        return None if _TRADITIONAL & set(rest) else CHINESE
    return first if first in LANGUAGES else None
