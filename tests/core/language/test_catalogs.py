"""The catalogs say what the source says: nothing is missing, and what is filled in fits."""

import ast
from functools import cache
from gettext import GNUTranslations

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po

from tests import catalogs
from tests.helpers.trainers import ROOT

_UPDATE = "run `uv run python -m tests.catalogs`"


@cache
def said() -> Catalog:
    return catalogs.said()


def ids(catalog: Catalog) -> set[tuple[str, ...]]:
    return {catalogs.forms_of(message) for message in catalogs.messages_of(catalog)}


def test_that_the_template_has_what_is_said() -> None:
    with catalogs.TEMPLATE.open("rb") as stream:
        template = read_po(stream)
    assert ids(said()) == ids(template), _UPDATE


def test_that_nothing_is_marked_within_an_f_string() -> None:
    # Whoever collects messages does not look there.
    found = []
    for file in sorted((*ROOT.glob("core/**/*.py"), *ROOT.glob("gui/**/*.py"))):
        for part in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(part, ast.JoinedStr):
                calls = (each for each in ast.walk(part) if isinstance(each, ast.Call))
                names = (each.func.id for each in calls if isinstance(each.func, ast.Name))
                if {"_", "ngettext"} & set(names):
                    found.append(f"{file.relative_to(ROOT)}:{part.lineno}")
    assert found == []


@pytest.mark.parametrize("code", catalogs.TRANSLATED)
def test_that_a_language_has_each_message(code: str) -> None:
    assert ids(catalogs.catalog_of(code)) == ids(said()), _UPDATE


@pytest.mark.parametrize("code", catalogs.TRANSLATED)
def test_that_everything_is_translated(code: str) -> None:
    found = catalogs.messages_of(catalogs.catalog_of(code))
    missing = [catalogs.forms_of(each)[0] for each in found if not catalogs.translations_of(each)]
    assert missing == [], f"translate these in {catalogs.file_of(code)}, then {_UPDATE}"


@pytest.mark.parametrize("code", catalogs.TRANSLATED)
def test_that_translations_keep_places_mnemonics_and_patterns(code: str) -> None:
    found = catalogs.messages_of(catalogs.catalog_of(code))
    assert [fault for message in found for fault in catalogs.faults_of(message)] == []


@pytest.mark.parametrize("code", catalogs.TRANSLATED)
def test_that_a_compiled_catalog_is_that_of_its_source(code: str) -> None:
    catalog = catalogs.catalog_of(code)
    with catalogs.file_of(code).with_suffix(".mo").open("rb") as stream:
        compiled = GNUTranslations(stream)
    for message in catalogs.messages_of(catalog):
        english, translated = catalogs.forms_of(message), catalogs.translations_of(message)
        if len(english) == 1:
            assert compiled.gettext(english[0]) == (translated or english)[0], _UPDATE
        elif translated:
            for number in (1, 2):
                form = translated[min(number, len(translated)) - 1]
                assert compiled.ngettext(*english, number) == form, _UPDATE


@pytest.mark.parametrize(
    ("english", "translated"),
    [
        ("{done} of {total}", "{done} von {all}"),
        ("{done} of {total}", "von {total}"),
        ("&Open", "Öffnen"),
        ("Pictures (*.png)", "Bilder (*.jpg)"),
        ("One\ntwo", "Eins zwei"),
        (("One seed", "{number} seeds"), ("Ein Startwert", "Startwerte {zahl}")),
    ],
)
def test_that_a_translation_that_does_not_fit_is_found(
    english: str | tuple[str, ...], translated: str | tuple[str, ...]
) -> None:
    message = Catalog("de").add(english, translated)
    assert len(catalogs.faults_of(message)) == 1


def test_that_a_form_for_one_needs_no_number() -> None:
    message = Catalog("de").add(("One seed", "{number} seeds"), ("Eine Zahl", "{number} Zahlen"))
    assert catalogs.faults_of(message) == []
