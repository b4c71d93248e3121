"""Public text data sets as they are downloaded: each is read as it is meant, or said not to be."""

from pathlib import Path

import pytest

from core.data.manifest import Manifest
from core.recipe import DataRecipe
from core.text.data.documents import documents_of
from core.text.data.read import Columns
from core.text.data.recognise import recognise_texts
from core.text.data.reread import texts_again
from core.text.data.scan import scan_texts
from tests.core.data.miniatures import facts, make, rows, sentence, shown
from tests.core.data.text_layouts import LAYOUTS, REFUSED


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.parametrize(
    ("files", "classes", "unlabeled", "said"),
    [pytest.param(*layout[1:], id=layout[0]) for layout in LAYOUTS],
)
def test_that_a_layout_is_read_as_it_is_meant(tmp_path, files, classes, unlabeled, said) -> None:
    found = facts(make(tmp_path / "set", files))
    assert "error" not in found, found
    assert found["kind"] == "text"
    assert shown(found) == classes
    assert found["unlabeled"] == unlabeled
    notes = "\n".join(found["notes"])
    assert [words for words in said if words not in notes] == [], notes


@pytest.mark.parametrize(
    ("files", "said"), [pytest.param(*layout[1:], id=layout[0]) for layout in REFUSED]
)
def test_that_what_holds_no_texts_is_refused_with_the_reason(tmp_path, files, said) -> None:
    found = facts(make(tmp_path / "set", files))
    assert found["error"] == "no-usable-texts"
    assert said in found["message"]


def scanned(folder: Path) -> Manifest:
    data = DataRecipe()
    return scan_texts(
        [],
        folder,
        columns=Columns.of(data),
        val_fraction=0.0,
        test_fraction=0.2,
        seed=0,
    )


def test_that_texts_with_labels_on_their_lines_are_found_again(tmp_path) -> None:
    make(tmp_path / "set", {"messages": rows("", "{c}\t{s}", range(12), "ham spam")})
    manifest = scanned(tmp_path / "set")
    texts, reason = texts_again(manifest, manifest.labeled, Columns())
    assert reason == ""
    assert sorted(texts.values()) == sorted(map(sentence, range(12)))
    documents = list(documents_of(manifest, Columns(), include_test=False))
    assert [document.text for document in documents] == list(map(sentence, range(12)))


def test_that_a_window_takes_lines_with_labels_for_labeled(tmp_path) -> None:
    make(tmp_path / "set", {"train.txt": rows("", "{s};{c}", range(12), "joy anger")})
    layout = recognise_texts(tmp_path / "set")
    assert (layout.is_labeled, layout.words) == (True, "1 text file, a label on each line")
    make(tmp_path / "plain", {"corpus.txt": rows("", "{s}.", range(12))})
    assert not recognise_texts(tmp_path / "plain").is_labeled


@pytest.mark.parametrize(
    "lines",
    [
        rows("", "{s};{c}", range(8), "a b c d e f g h"),  # a class for each text
        rows("", "{c}\t{i}", range(12)),  # no text beside the label
        rows("", "{s}; {s}", range(12)),  # semicolons in texts
        rows("", "{s}\t{c}", range(12)) + "a line without a tab\n",
    ],
)
def test_that_lines_without_plain_labels_are_only_texts(tmp_path, lines) -> None:
    found = facts(make(tmp_path / "set", {"corpus.txt": lines}))
    assert found["classes"] == {}


def test_that_lists_are_texts_where_nothing_else_is_there(tmp_path) -> None:
    molecules = "".join(f"CC(=O)OC{'C' * n}1=CC\n" for n in range(12))
    found = facts(make(tmp_path / "set", {"smiles.txt": molecules}))
    assert found["unlabeled"] == 12
