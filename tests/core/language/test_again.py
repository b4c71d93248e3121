"""Sentences that English processes wrote, said again in the window's language."""

import re
from collections.abc import Iterator

import pytest

from core.language import use
from core.language.again import again
from core.language.choice import CHINESE, ENGLISH, GERMAN, PSEUDO
from core.readers.recommendation import by_validation, recommend_untested
from core.system.resources import RESOURCES

CATALOGS = RESOURCES / "languages"


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    use(ENGLISH, CATALOGS)


def test_that_in_english_nothing_changes() -> None:
    assert again("359 test images") == "359 test images"


@pytest.mark.parametrize("code", [GERMAN, CHINESE])
def test_that_a_recommendation_is_put_together_anew(code: str) -> None:
    found = by_validation("base", 0.8, "distilled", 0.82, 120, "image")
    use(code, CATALOGS)
    said = again(found.words)
    # The numbers stay, the words go, the names of arms and the noun among them.
    assert {"80.0", "82.0", "120"} <= set(re.findall(r"[\d.]+\d", said))
    for word in ("take", "validation", "images", "fine-tuning", "simpler", "accurate"):
        assert word not in said
    untested = recommend_untested(["base"])
    assert untested is not None
    assert "neither" not in again(untested.words)


def test_that_a_number_chooses_the_form() -> None:
    use(GERMAN, CATALOGS)
    assert again("the processor, 1 thread") == "der Prozessor, 1 Thread"
    assert again("the processor, 16 threads") == "der Prozessor, 16 Threads"


def test_that_several_sentences_are_said_one_by_one_and_unknown_ones_stay() -> None:
    use(GERMAN, CATALOGS)
    reason = "CPU: no GPU found that torch could use. The moon is blue tonight."
    assert again(reason).startswith("CPU: Es wurde keine GPU gefunden")
    assert again(reason).endswith(" The moon is blue tonight.")


@pytest.mark.parametrize("code", [GERMAN, CHINESE])
@pytest.mark.parametrize(
    "text",
    [
        # The pieces around a word of a short message (`{number} test {example}`) are no values.
        "Before any of it, on 359 test images: the frozen base model with a linear layer is right",
        "More grey test images or seeds in the house of the rising moon could tell us all of it",
    ],
)
def test_that_a_sentence_that_nobody_knows_is_left_whole(code: str, text: str) -> None:
    use(code, CATALOGS)
    assert again(text) == text


def test_that_what_is_passed_through_shows_where_nothing_is_translated() -> None:
    use(PSEUDO, CATALOGS)
    assert again("loading the model").startswith("[")


@pytest.mark.parametrize("code", [GERMAN, CHINESE])
@pytest.mark.parametrize(
    ("text", "kept", "gone"),
    [
        ("3 files are copies of another (first: a/b.png = c.png)", "a/b.png = c.png", "another"),
        ("2 images in more than one split (first: a (train), b (test))", "a (train)", "more"),
        ("4 of 20 test images have copies in train: left out of training", "20", "copies"),
        ("1 file left out by you (data.left_out)", "data.left_out", "you"),
        ("7 text files", "7", "files"),
        ("'probabilities' is missing", "'probabilities'", "missing"),
    ],
)
def test_that_findings_and_reasons_of_damage_are_said_again(
    code: str, text: str, kept: str, gone: str
) -> None:
    use(code, CATALOGS)
    said = again(text)
    assert kept in said
    assert gone not in said
