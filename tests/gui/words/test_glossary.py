"""Words of the trade in every language: written, found in running text, explained once."""

from collections.abc import Iterator

import pytest

from core.language import use
from core.language.choice import CHINESE, ENGLISH, GERMAN
from core.system.resources import RESOURCES
from gui.words.glossary import explained, messages, page, terms, terms_in

CATALOGS = RESOURCES / "languages"


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    use(ENGLISH, CATALOGS)


def names(text: str) -> list[str]:
    return [term.words[0] for term in terms_in(text)]


@pytest.mark.parametrize(("code", "end"), [(GERMAN, "."), (CHINESE, "。")])
def test_that_every_word_is_explained_once_in_every_language(code: str, end: str) -> None:
    english = terms()
    use(code, CATALOGS)
    found = terms()
    assert len(found) == len(english)
    words = [word for term in found for word in dict.fromkeys(map(str.lower, term.words))]
    assert len(words) == len(set(words))
    assert all(term.sentence.endswith(end) for term in found)
    # None is left in English.
    assert not {term.sentence for term in found} & {term.sentence for term in english}
    assert all(term in terms_in(word) for term in found for word in term.words)


def test_that_german_words_are_whole_words_in_any_of_their_forms() -> None:
    use(GERMAN, CATALOGS)
    assert names("Startwerte je &Variante") == ["Seed", "Variante"]
    assert names("Ausgewogene Genauigkeit des Klassifikators") == [
        "ausgewogene Genauigkeit",
        "Klassifikator",
    ]
    assert names("Fortschritte, Variantenreichtum") == []


def test_that_chinese_words_are_found_in_running_text() -> None:
    use(CHINESE, CATALOGS)
    assert names("每个方案的随机种子数") == ["方案", "随机种子"]
    assert names("平衡准确率") == ["平衡准确率"]
    # A word of one character is a word only alone.
    assert names("第 3 步") == ["步"]
    assert names("同步进步") == []
    assert "<b>方案</b>: " in explained("方案")


@pytest.mark.parametrize("code", [ENGLISH, GERMAN, CHINESE])
def test_that_the_page_is_a_table_in_the_order_of_the_alphabet(code: str) -> None:
    use(code, CATALOGS)
    lines = page().splitlines()
    assert lines[0].startswith("# ")
    rows = [line for line in lines if line.startswith("| ")]
    assert len(rows) == len(messages()) - 2 + 1  # two lines above the table, one rule in it
    if code == GERMAN:
        titles = [term.words[0] for term in terms()]
        assert titles.index("ausgewogene Genauigkeit") < titles.index("Batch")
        assert titles.index("Schüler") < titles.index("Seed") < titles.index("Trainingsziel")
