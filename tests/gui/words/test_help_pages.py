"""The help in every language: nothing lost on the way, and honest where it is English alone."""

import re
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QTextDocument

from core.language import use
from core.language.choice import CHINESE, ENGLISH, GERMAN
from core.system.resources import RESOURCES
from gui.frame.places import PLACES
from gui.words.help_pages import HELP, TRANSLATED, help_page, titles

CATALOGS = RESOURCES / "languages"
OTHERS = sorted({file.stem for file in HELP.glob("*.md")} - {*TRANSLATED, "glossary"})


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    use(ENGLISH, CATALOGS)


def without_blocks(text: str) -> str:
    """A page without its blocks of code."""
    text = re.sub(r"^ *```.*?^ *```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"\n\n(?: {4}.*\n)+", "\n\n", text)


def parts(text: str) -> dict[str, list[str]]:
    """What no translation changes: code, links, headings, rows of tables, items of lists."""
    text = without_blocks(text)
    return {
        "code": sorted(re.findall(r"`[^`\n]+`", re.sub(r"\n(?=\S)", " ", text))),
        "links": sorted(re.findall(r"\]\(([^)]+)\)", text)),
        "headings": re.findall(r"^#+(?= )", text, re.MULTILINE),
        "rows": [str(line.count("|")) for line in text.splitlines() if line.startswith("|")],
        "items": re.findall(r"^ *(?:[-*]|\d+\.)(?= )", text, re.MULTILINE),
    }


def test_that_every_page_that_f1_opens_is_translated() -> None:
    assert {place.key for place in PLACES} <= {*TRANSLATED}


@pytest.mark.parametrize("topic", TRANSLATED)
@pytest.mark.parametrize("code", [GERMAN, CHINESE])
def test_that_a_translation_has_all_that_the_english_page_has(code: str, topic: str) -> None:
    english = help_page(topic)
    assert english == (HELP / f"{topic}.md").read_text(encoding="utf-8")
    use(code, CATALOGS)
    found = help_page(topic)
    assert parts(found) == parts(english)
    blocks = [line for line in english.splitlines() if line not in without_blocks(english)]
    assert all(line in found.splitlines() for line in blocks)
    lines = [line for line in without_blocks(english).splitlines() if len(line.split()) > 6]
    assert not [line for line in without_blocks(found).splitlines() if line in lines]


@pytest.mark.parametrize("code", [ENGLISH, GERMAN, CHINESE])
def test_that_no_mark_of_markdown_is_left_in_what_is_read(code: str) -> None:
    use(code, CATALOGS)
    for topic in (*TRANSLATED, "glossary"):
        document = QTextDocument()
        document.setMarkdown(without_blocks(help_page(topic)))
        left = re.findall(r".{0,12}(?:\*\*?|`|\]\().{0,12}", document.toPlainText())
        # Only what stands in code may look like a mark.
        code_of = " ".join(re.findall(r"`([^`\n]+)`", help_page(topic)))
        assert [each for each in left if each.strip() not in code_of] == [], topic


@pytest.mark.parametrize("code", [GERMAN, CHINESE])
def test_that_the_other_pages_say_that_they_are_english(code: str) -> None:
    use(code, CATALOGS)
    for topic in OTHERS:
        head, _blank, note, *_rest = help_page(topic).splitlines()
        assert head.startswith("# ")
        assert "English" not in note
        assert re.fullmatch(r"\*[^*]+\*", note)
    # Their names are found by whoever speaks no English.
    assert all(titles().values())
