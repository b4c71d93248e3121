"""What scans and trainers say in English is known to the catalogs: notes, zones, the log."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.data import nouns
from core.language import use
from core.language.again import again
from core.language.choice import CHINESE, ENGLISH, GERMAN
from core.system.resources import RESOURCES

CATALOGS = RESOURCES / "languages"
CORE = Path(nouns.__file__).parents[1]


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    use(ENGLISH, CATALOGS)


@pytest.mark.parametrize("code", [GERMAN, CHINESE])
@pytest.mark.parametrize(
    ("said", "kept"),
    [
        # What the zones of the Data page say.
        ("1,651 unlabeled images", ["1,651"]),
        ("24 images in 3 class folders", ["24", "3"]),
        ("24 images in 3 classes: 20 in train/, 4 in test/", ["20", "train/", "4", "test/"]),
        ("labels in labels.csv", ["labels.csv"]),
        ("a table of texts, labels in column kind", ["kind"]),
        ("12 text files in 4 classes", ["12", "4"]),
        # What it says of files and folders.
        ("extra/ is unlabeled", ["extra/"]),
        ("extra/ is unlabeled, and kept out of pre-training", ["extra/"]),
        ("labels.csv: not used: it is a sample submission", ["labels.csv"]),
        (
            (
                "the text is column body (data.text_column), the label is column kind "
                "(data.label_column), the split is column part (data.split_column)"
            ),
            ["body (data.text_column)", "kind (data.label_column)", "part (data.split_column)"],
        ),
        # Names of the user's stay, though they are words.
        (
            (
                "the text is column text (data.text_column), the label is column label "
                "(data.label_column)"
            ),
            ["text (data.text_column)", "label (data.label_column)"],
        ),
        ("can't be read: no right", ["no right"]),
        # What trainers log.
        (
            (
                "Memory ran out in 01-further-pretrain at step 7. The batch of 64 is now computed "
                "32 examples at a time; the result is the same, a little slower. Training "
                "continues from the same step."
            ),
            ["01-further-pretrain", "7", "64", "32"],
        ),
        (
            (
                "base is fine-tuned with learning rate 0.0003 (the usual one for such a model: no "
                "other was better by more than chance; finetune.search_rates has what is tried, "
                "finetune.search=false takes finetune.lr) and 40 steps (4 of them warm-up): 9 "
                "trials on 20 examples, a fifth of the training part."
            ),
            ["0.0003", "40", "9", "20"],
        ),
        ("Paused after a checkpoint. `redistill resume 'my run'` goes on.", ["'my run'"]),
    ],
)
def test_that_it_is_said_again(code: str, said: str, kept: list[str]) -> None:
    use(code, CATALOGS)
    shown = again(said)
    assert shown != said
    for value in kept:
        assert value in shown
    for word in (" the ", " is ", " of ", " not ", " unlabeled", " images", " goes on"):
        assert word not in shown.replace(value, "")


def test_that_every_noun_that_is_counted_is_known() -> None:
    counted = {
        noun.value + ending
        for file in CORE.rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "counted"
        for noun, ending in _nouns(call)
    }
    known = {each.removeprefix("{count:,} ") for each in nouns.NOUNS}
    assert counted - known == set()


def _nouns(call: ast.Call) -> Iterator[tuple[ast.Constant, str]]:
    """Noun and ending of `counted(number, "image")` for one and for many."""
    own = call.args[1:]
    if own and all(isinstance(each, ast.Constant) for each in own):
        yield own[0], ""  # type: ignore[misc]
        yield own[-1], "" if len(own) > 1 else "s"  # type: ignore[misc]
