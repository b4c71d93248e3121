"""Messages in the language in use; English, which they are written in, until another is chosen."""

from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from core.language.choice import ENGLISH, PSEUDO
from core.language.pseudo import PseudoTranslations

DOMAIN = "redistill"


class _Spoken:
    """What is in use now."""

    code: str = ENGLISH
    catalog: NullTranslations = NullTranslations()
    folder: Path = Path()


def use(code: str, catalogs: Path) -> None:
    """Talk this language from now on; what was translated before stays as it is.

    Args:
        code: One of `LANGUAGES`, or `PSEUDO`.
        catalogs: Where they are; this room knows nothing of ours, so that all may use it.

    Raises:
        FileNotFoundError: There is no catalog of it.
    """
    _Spoken.catalog = _catalog_of(code, catalogs)
    _Spoken.code, _Spoken.folder = code, catalogs


def language() -> str:
    """Code of the language in use."""
    return _Spoken.code


def _(message: str) -> str:
    """A message, translated; itself where there is no translation."""
    return _Spoken.catalog.gettext(message)


def translated(message: str) -> str:
    """The same for a message that is known only now: nothing collects it."""
    return _Spoken.catalog.gettext(message)


def read_catalog() -> Path:
    """Where the catalog of the language in use is; English and `PSEUDO` have none."""
    return _file_of(_Spoken.code, _Spoken.folder)


def ngettext(one: str, many: str, number: float) -> str:
    """One of the forms that a language has for a number, translated."""
    # Catalogs know whole numbers alone.
    return _Spoken.catalog.ngettext(one, many, int(number))


def _catalog_of(code: str, catalogs: Path) -> NullTranslations:
    if code == ENGLISH:
        return NullTranslations()
    if code == PSEUDO:
        return PseudoTranslations()
    with _file_of(code, catalogs).open("rb") as file:
        return GNUTranslations(file)


def _file_of(code: str, catalogs: Path) -> Path:
    return catalogs / code / "LC_MESSAGES" / f"{DOMAIN}.mo"
