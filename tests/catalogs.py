"""Bring the catalogs of the languages up to date with what is said in the source.

uv run python -m tests.catalogs

Collects all messages into `resources/languages/redistill.pot`, adds to each language what is new,
drops what nobody says any more, and compiles. What is not translated is shown in English.
"""

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from core.language.choice import ENGLISH, LANGUAGES
from core.language.messages import DOMAIN
from core.recipe.modality import modalities
from core.system.resources import RESOURCES
from gui.pages.plan.settings import all_settings
from gui.words.help_pages import HELP, messages

ROOT = Path(__file__).resolve().parents[1]
FOLDER = RESOURCES / "languages"
TEMPLATE = FOLDER / f"{DOMAIN}.pot"
TRANSLATED = tuple(code for code in LANGUAGES if code != ENGLISH)
# Its titles of settings are put together there.
_SETTINGS = "gui/pages/plan/settings.py"
_HEADER = f"# Messages of Redistill ({Path(__file__).name} writes this file)."
# Files that say the same are the same, whenever they were written.
_WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def said() -> Catalog:
    """All messages of the source, with the files that say them."""
    found = Catalog(domain=DOMAIN, project="Redistill", header_comment=_HEADER, creation_date=_WHEN)
    for room in ("core", "gui"):
        for name, _line, message, comments, _context in extract_from_dir(ROOT / room):
            found.add(message, locations=[(f"{room}/{name}", 0)], auto_comments=comments)
    for modality in modalities().values():
        for setting in all_settings(modality):
            found.add(setting.title, locations=[(_SETTINGS, 0)])
    for topic, message in messages():
        found.add(message, locations=[((HELP / f"{topic}.md").relative_to(ROOT).as_posix(), 0)])
    return found


def catalog_of(code: str) -> Catalog:
    """What a language has now; empty where it has no file."""
    file = file_of(code)
    if not file.exists():
        return Catalog(code, domain=DOMAIN)
    with file.open("rb") as stream:
        return read_po(stream, locale=code, domain=DOMAIN)


def file_of(code: str) -> Path:
    """Where the messages of a language are."""
    return FOLDER / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def write(code: str, catalog: Catalog) -> None:
    """Write a catalog, for people and compiled."""
    file = file_of(code)
    file.parent.mkdir(parents=True, exist_ok=True)
    catalog.creation_date = catalog.revision_date = _WHEN
    catalog.header_comment = _HEADER
    catalog.fuzzy = False
    _write_po(file, catalog)
    with file.with_suffix(".mo").open("wb") as stream:
        write_mo(stream, catalog)


def updated(code: str, template: Catalog) -> Catalog:
    """The catalog of a language with the messages of the template, and no others."""
    catalog = catalog_of(code)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def messages_of(catalog: Catalog) -> Iterator[Message]:
    """All but the header."""
    return (message for message in catalog if message.id)


def forms_of(message: Message) -> tuple[str, ...]:
    """The English forms of a message: one, or singular and plural."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def translations_of(message: Message) -> tuple[str, ...]:
    """The translated ones, as many as the language has; empty where it is not translated."""
    given = message.string or ()
    given = (given,) if isinstance(given, str) else tuple(given)
    return given if all(given) else ()


def faults_of(message: Message) -> list[str]:
    """What is wrong with a translation: places of values, mnemonics, blanks at its ends."""
    english, found = forms_of(message), translations_of(message)
    places = [_places(each) for each in english]
    every = set().union(*places)
    needed = places[-1] if len(found) == 1 else set.intersection(*places)
    faults = []
    for each in found:
        own = _places(each)
        if not needed <= own <= every:
            faults.append(f"{english[-1]!r}: {each!r} has the places {sorted(own)}")
        if _mnemonics(each) != _mnemonics(english[-1]):
            faults.append(f"{english[-1]!r}: {each!r} has not as many mnemonics")
        if each.count("\n") != english[-1].count("\n"):
            faults.append(f"{english[-1]!r}: {each!r} has not as many lines")
        if _PATTERNS.findall(each) != _PATTERNS.findall(english[-1]):
            faults.append(f"{english[-1]!r}: {each!r} has other patterns of files")
    return faults


# `(*.png *.jpg)`, which file dialogs read.
_PATTERNS = re.compile(r"\(\*(?:\.[^)]*)?\)|;;")


def _places(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(text) if name is not None}


def _mnemonics(text: str) -> int:
    return len(re.findall(r"&\w(?!\w*;)", text))


def _write_po(file: Path, catalog: Catalog) -> None:
    with file.open("wb") as stream:
        write_po(
            stream,
            catalog,
            width=100,
            sort_by_file=True,
            include_lineno=False,
            ignore_obsolete=True,
        )


def main() -> int:
    """Update everything; says what is not translated."""
    template = said()
    FOLDER.mkdir(exist_ok=True)
    _write_po(TEMPLATE, template)
    for code in TRANSLATED:
        catalog = updated(code, template)
        write(code, catalog)
        missing = [each for each in messages_of(catalog) if not translations_of(each)]
        number = len(list(messages_of(catalog)))
        sys.stdout.write(f"{code}: {number - len(missing)} of {number} messages are translated\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
