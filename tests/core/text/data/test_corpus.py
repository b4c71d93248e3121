"""Unlabeled texts in any number: counted, each trained on once, none of them a test text."""

import json
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.manifest import Manifest
from core.data.manifest_file import read_manifest, write_manifest
from core.data.manifest_words import describe
from core.errors import RunError
from core.system.stopping import Stopped
from core.text.data.copies import first_of_each, sorted_by_hash
from core.text.data.documents import documents_of
from core.text.data.read import Columns
from core.text.data.scan import scan_texts
from core.text.data.token_files import Document, write_token_files
from core.text.data.token_index import TokenIndex, write_token_index
from core.text.data.token_rows import TokenRows
from core.text.data.tokens import Frame, Tokens

FRAME = Frame((1,), (2,), 8)


def scanned(unlabeled: Path, labeled: Path | None = None) -> Manifest:
    return scan_texts(
        [unlabeled], labeled, columns=Columns(), val_fraction=0, test_fraction=0, seed=0
    )


def by_characters(texts: list[str]) -> list[Tokens]:
    return [Tokens([ord(c) for c in text], list(range(len(text)))) for text in texts]


def tokenised(
    manifest: Manifest, folder: Path, *, include_test: bool = False
) -> tuple[TokenRows, np.ndarray]:
    """Token rows, and which of them pre-training sees."""
    documents = documents_of(manifest, Columns(), include_test=include_test)
    write_token_files(folder, documents, tokenize=by_characters, frame=FRAME)
    write_token_index(folder)
    return TokenRows(folder), TokenIndex.read(folder).pretraining


def trained_on(manifest: Manifest, folder: Path, *, include_test: bool = False) -> list[str]:
    """Texts of the pre-training sequences, which are short here."""
    rows, chosen = tokenised(manifest, folder, include_test=include_test)
    return ["".join(map(chr, ids[1:-1])) for ids in rows.rows(chosen)[0]]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Copies within, of a training text, and of a test text; and a test file of its own."""
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "a.jsonl").write_text(
        "".join(
            json.dumps({"text": text}) + "\n"
            for text in ("one", "two", "ONE ", "secret", "train", "held")
        )
    )
    (folder / "b.txt").write_text("two")
    (folder / "test.txt").write_text("held")
    labeled = tmp_path / "labeled"
    labeled.mkdir()
    for split, texts in (("train", ("train", "other", "other")), ("test", ("secret",))):
        rows = [json.dumps({"text": text, "label": "x"}) + "\n" for text in texts]
        (labeled / f"{split}.jsonl").write_text("".join(rows))
    return folder


def test_that_every_text_is_trained_on_once_and_no_test_text(corpus: Path, tmp_path: Path) -> None:
    manifest = scanned(corpus, corpus.parent / "labeled")
    assert manifest.num_unlabeled == 8
    found = trained_on(manifest, tmp_path / "tokens")
    assert sorted(found) == ["one", "other", "train", "two"]
    assert manifest.num_pretraining() == 4
    words = describe(manifest)
    assert "8 unlabeled texts in 3 files" in words
    assert "1 unlabeled text in a test split: kept out of pre-training" in words
    assert "2 unlabeled texts identical to test texts: kept out of pre-training" in words
    found = trained_on(manifest, tmp_path / "all", include_test=True)
    assert sorted(found) == ["held", "one", "other", "secret", "train", "two"]
    assert manifest.num_pretraining(include_test=True) == 6


def test_that_copies_are_named_across_labeled_and_unlabeled_texts(corpus: Path) -> None:
    manifest = scanned(corpus, corpus.parent / "labeled")
    groups = [set(group) for group in manifest.duplicates]
    assert {"a.jsonl:1", "a.jsonl:3"} in groups
    assert {"a.jsonl:2", "b.txt"} in groups
    assert {"test.jsonl:1", "a.jsonl:4"} in groups
    assert manifest.num_copies == 6


def test_that_a_manifest_with_corpora_comes_back(corpus: Path, tmp_path: Path) -> None:
    manifest = replace(scanned(corpus, corpus.parent / "labeled"), unlisted_copies=3)
    write_manifest(manifest, tmp_path / "manifest.jsonl")
    assert read_manifest(tmp_path / "manifest.jsonl") == manifest
    assert len((tmp_path / "manifest.jsonl").read_text().splitlines()) < 20


@pytest.mark.parametrize("name", ["plain/a.jsonl", "labeled/test.jsonl"])
@pytest.mark.parametrize("content", ['{"text": "new", "label": "x"}\n', None])
def test_that_a_file_changed_after_the_scan_is_refused(
    corpus: Path, name: str, content: str | None
) -> None:
    manifest = scanned(corpus, corpus.parent / "labeled")
    file = corpus.parent / name
    if content is None:
        file.unlink()
    else:
        file.write_text(content)
    with pytest.raises(RunError) as refused:
        list(documents_of(manifest, Columns(), include_test=False))
    assert refused.value.id == "texts-changed"
    assert str(file) in refused.value.what


def test_that_a_copied_folder_is_what_it_was(corpus: Path) -> None:
    manifest = scanned(corpus, corpus.parent / "labeled")
    for file in corpus.parent.glob("*/*"):
        content = file.read_bytes()
        file.unlink()
        file.write_bytes(content)
    assert len(list(documents_of(manifest, Columns(), include_test=False))) == 12


def test_that_tokenising_goes_on_where_it_was_ended(tmp_path: Path) -> None:
    documents = [Document(f"text {n}", n, is_pretrained_on=True) for n in range(90)]
    seen: list[str] = []

    def counting(texts: list[str]) -> list[Tokens]:
        seen.extend(texts)
        return by_characters(texts)

    how = {"tokenize": counting, "frame": FRAME, "file_characters": 150}
    with pytest.raises(Stopped):
        write_token_files(tmp_path, documents, **how, stopped=lambda: len(seen) > 40)
    already = len(seen)
    assert already < 90
    # What is there is read again: it can be watched, and ended.
    with pytest.raises(Stopped):
        write_token_files(tmp_path, documents, **how, stopped=lambda: True)
    told: list[int] = []
    write_token_files(tmp_path, documents, **how, tell=told.append)
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] == sum(len(each.text) for each in documents)
    assert set(seen) == {each.text for each in documents}
    # What stood in a whole file was not tokenised again.
    assert seen.count("text 0") == 1
    write_token_files(tmp_path / "at once", documents, tokenize=by_characters, frame=FRAME)
    ids, other = (
        TokenRows(folder).rows(np.arange(90))[0] for folder in (tmp_path, tmp_path / "at once")
    )
    assert all(np.array_equal(one, two) for one, two in zip(ids, other, strict=True))


@given(st.lists(st.integers(0, 6), max_size=40))
def test_that_copies_are_found_by_their_hashes(values: list[int]) -> None:
    hashes = np.array(values, dtype=np.uint64) * np.uint64(2**61)
    parts = [hashes[:7], hashes[7:]]
    is_first = first_of_each(parts, Path("nothing so small needs a folder"))
    assert is_first.tolist() == [v not in values[:k] for k, v in enumerate(values)]


@pytest.mark.slow
def test_that_copies_among_more_than_fit_in_memory_are_found_too(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    hashes = generator.integers(0, 2**64 - 1, 2_500_000, dtype=np.uint64, endpoint=True)
    hashes[1::5] = hashes[generator.integers(0, len(hashes), len(hashes[1::5]))]
    # Files of all sizes, one larger than what is looked at together.
    parts = np.split(hashes, [0, 3, 3, 1_600_000, 1_600_001])
    _, wanted = np.unique(hashes, return_index=True)
    assert np.flatnonzero(first_of_each(parts, tmp_path)).tolist() == sorted(wanted.tolist())
    groups = [
        positions[start:end]
        for positions, starts in sorted_by_hash(parts, tmp_path)
        for start, end in zip(starts, [*starts[1:], len(positions)], strict=True)
    ]
    assert len(groups) == len(wanted)
    assert all(len(set(hashes[group].tolist())) == 1 for group in groups[::5000])
    assert all((np.diff(group) > 0).all() for group in groups[::5000])
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_that_memory_does_not_grow_with_the_corpus(tmp_path: Path) -> None:
    def lines(number: int) -> Iterator[str]:
        return (json.dumps({"text": f"{n % (number - 9):x}"}) + "\n" for n in range(number))

    def peak(number: int) -> int:
        file, folder = tmp_path / f"{number}.jsonl", tmp_path / str(number)
        with file.open("w") as out:
            out.writelines(lines(number))
        tracemalloc.start()
        manifest = scanned(file)
        _, scanning = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        documents = documents_of(manifest, Columns(), include_test=False)
        how = {"tokenize": by_characters, "frame": FRAME, "file_characters": 100_000}
        write_token_files(folder, documents, **how)
        tracemalloc.start()
        write_token_index(folder)
        assert len(TokenIndex.read(folder).pretraining) == number - 9
        _, indexing = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return max(scanning, indexing)

    peak(100)
    few, many = peak(66_000), peak(90_000)
    # Hashes alone would be eight bytes each.
    assert (many - few) / 24_000 < 4
