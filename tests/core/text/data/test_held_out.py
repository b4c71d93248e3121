"""Texts of the test split never reach pre-training: as lines, as paragraphs, nearly the same."""

import json
import random
from dataclasses import replace
from pathlib import Path
from textwrap import wrap

import pytest

from core.data.manifest import Manifest
from core.data.manifest_file import read_manifest, write_manifest
from core.data.manifest_words import describe
from core.data.pairs import PairSide
from core.recipe.examples import LeaveOutCopies
from core.system.stopping import Stopped
from core.text.data.corpus_lines import are_lines_texts
from core.text.data.documents import documents_of
from core.text.data.examples import sampled_texts, texts_at
from core.text.data.hashes import short_hash
from core.text.data.known_lines import without_known
from core.text.data.near_texts import NearTexts
from core.text.data.read import Columns
from core.text.data.scan import scan_texts

WORDS = [one + two for one in ("ba", "ke", "lo", "mi", "nu", "ra", "so") for two in "dfgklmnprst"]


def sentence(seed: int, count: int = 40) -> str:
    """Random words, other ones per seed."""
    draw = random.Random(seed)
    return " ".join(draw.choice(WORDS) for _ in range(count))


def table(file: Path, texts: list[str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = ["text\tlabel", *(f"{text}\t{'ab'[at % 2]}" for at, text in enumerate(texts))]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def scanned(folder: Path, rule: LeaveOutCopies = "near", **more) -> Manifest:
    return scan_texts(
        [],
        folder,
        columns=Columns(),
        val_fraction=0.0,
        test_fraction=0.2,
        seed=0,
        leave_out_copies=rule,
        **more,
    )


def pretrained_on(manifest: Manifest, *, include_test: bool = False) -> list[str]:
    documents = documents_of(manifest, Columns(), include_test=include_test)
    return [each.text for each in documents if each.is_pretrained_on]


@pytest.fixture
def labeled(tmp_path: Path) -> Path:
    """Short and long texts; the validation split has one of its own."""
    table(tmp_path / "train.tsv", [sentence(number) for number in range(8)])
    table(tmp_path / "dev.tsv", ["a short one, to choose by", sentence(50)])
    table(tmp_path / "test.tsv", ["short but of the test", sentence(90), sentence(91)])
    return tmp_path


def test_that_the_lines_of_a_small_corpus_are_texts_and_none_is_a_test_text(labeled) -> None:
    lines = [sentence(200 + number, 6 + number) for number in range(9)]
    held_out = ["Short  but of THE test", sentence(90)]
    (labeled / "unlabeled").mkdir()
    (labeled / "unlabeled" / "corpus.txt").write_text("\n".join([*lines, *held_out]) + "\n")
    manifest = scanned(labeled)
    assert manifest.num_unlabeled == 11
    found = [text.strip() for text in pretrained_on(manifest)]
    assert found[-9:] == lines
    assert not set(held_out) & set(found)
    assert manifest.num_pretraining() == len(found)
    words = describe(manifest)
    assert "2 unlabeled texts identical to test texts: kept out of pre-training" in words
    assert "unlabeled/corpus.txt: its lines are its texts" in words
    pairs = {(pair.kind, pair.of.path, pair.copy.path) for pair in manifest.pairs}
    assert ("exact", "test.tsv:2", "unlabeled/corpus.txt:10") in pairs
    # The window looks up the text of a line.
    place = labeled / "unlabeled" / "corpus.txt"
    assert texts_at({place: {10}}, Columns())[place, 10].strip() == held_out[0]
    names = {sample.name for sample in sampled_texts(manifest, Columns())}
    assert "unlabeled/corpus.txt:11" in names


def test_that_lines_and_paragraphs_are_cut_out_of_documents(labeled) -> None:
    (labeled / "unlabeled").mkdir()
    first, second = " ".join(sentence(90).split()[:20]), " ".join(sentence(90).split()[20:])
    parts = ["Title", "", "short but of the TEST", "and more", "", first + "\n" + second, "", "End"]
    for number in range(5):
        text = f"Document {number}\n" + "\n".join(parts) + "\n"
        (labeled / "unlabeled" / f"{number}.txt").write_text(text)
    manifest = scanned(labeled)
    assert manifest.num_unlabeled == 5
    documents = [text for text in pretrained_on(manifest) if text.startswith("Document")]
    assert documents == [f"Document {n}\nTitle\n\nand more\n\n\nEnd\n" for n in range(5)]
    assert any(
        line.startswith("10 lines and paragraphs of unlabeled texts identical to held-out texts")
        for line in manifest.notes
    )
    # Asked for by name, test texts may be seen.
    assert any("the TEST" in text for text in pretrained_on(manifest, include_test=True))
    # A run of an older version goes on with what it had.
    older = replace(manifest, cuts_lines=False)
    assert any("the TEST" in text for text in pretrained_on(older))


def test_that_near_copies_are_left_out_of_training_and_pre_training(labeled) -> None:
    words = sentence(91).split()
    near = " ".join([*words[:35], "otherwise", *words[36:]])
    table(labeled / "train.tsv", [*(sentence(number) for number in range(8)), near])
    (labeled / "unlabeled.tsv").write_text(f"text\n{near.upper()}!\n{sentence(300)}\n")
    manifest = scanned(labeled)
    assert len(manifest.labeled_split("train")) == 9
    assert len(manifest.used_split("train")) == 8
    found = pretrained_on(manifest)
    assert sentence(300) in found
    assert not {near, f"{near.upper()}!"} & set(found)
    assert manifest.num_pretraining() == len(found)
    pairs = [(p.kind, p.of.path, p.copy.path, p.is_left_out) for p in manifest.pairs]
    assert pairs == [
        ("near", "test.tsv:4", "train.tsv:10", True),
        ("near", "test.tsv:4", "unlabeled.tsv:2", True),
    ]
    words_said = describe(manifest)
    assert any(line.startswith("1 training text nearly identical to test") for line in words_said)
    assert any(line.startswith("1 unlabeled text nearly identical") for line in words_said)
    write_manifest(manifest, labeled / "manifest.jsonl")
    assert read_manifest(labeled / "manifest.jsonl") == manifest

    kept = scanned(labeled, "exact")
    assert len(kept.used_split("train")) == 9
    assert f"{near.upper()}!" in pretrained_on(kept)
    assert kept.num_pretraining() == len(pretrained_on(kept))
    assert [pair.is_left_out for pair in kept.pairs] == [False, False]


def test_that_exact_copies_in_training_are_left_out_unless_the_recipe_keeps_them(labeled) -> None:
    table(labeled / "train.tsv", [sentence(1), sentence(2), sentence(90), sentence(50)])
    manifest = scanned(labeled)
    assert len(manifest.used_split("train")) == 2
    assert "left out of training" in " ".join(describe(manifest))
    kept = scanned(labeled, "none")
    assert len(kept.used_split("train")) == 4
    # Even so no test text is pre-trained on.
    assert sentence(90) not in pretrained_on(kept)


def test_that_labeled_rows_beside_unlabeled_ones_are_no_copies_of_themselves(tmp_path) -> None:
    rows = [{"text": sentence(number, 9), "label": ["ab"[number % 2]]} for number in range(10)]
    rows += [{"text": sentence(20, 9), "label": []}, {"text": sentence(21, 9), "label": ["a", "b"]}]
    rows += [{"text": rows[0]["text"].upper(), "label": []}]
    (tmp_path / "all.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    manifest = scanned(tmp_path)
    held_out = {text.path for text in manifest.labeled_split("test")}
    assert {(pair.of.path, pair.copy.path) for pair in manifest.pairs} == {
        (path, "all.jsonl:13") for path in held_out & {"all.jsonl:1"}
    }
    found = pretrained_on(manifest)
    # What has two labels is left out.
    assert rows[11]["text"] not in found
    assert rows[10]["text"] in found
    assert manifest.num_pretraining() == len(set(map(str.lower, found)))


def test_that_the_search_reports_and_can_be_ended(labeled) -> None:
    (labeled / "unlabeled.tsv").write_text("text\n" + "".join(f"{sentence(n)}\n" for n in range(9)))
    told: list[str] = []
    scanned(labeled, report=lambda what, done, total: told.append(what))
    assert "looking for copies (MiB)" in told
    ends: list[bool] = []
    with pytest.raises(Stopped):
        scanned(
            labeled,
            report=lambda what, done, total: ends.append(done == total),
            # Reading has come to its end.
            stopped=lambda: any(ends),
        )


def near_texts(*texts: str) -> NearTexts:
    known = NearTexts()
    for number, text in enumerate(texts):
        known.add(text, PairSide(0, str(number), "test", "a"))
    return known


def test_that_one_word_tells_short_texts_apart_but_no_long_ones() -> None:
    known = near_texts("I like this film very much", sentence(1), sentence(2, 4_000))
    assert known.find("I like this film, very much!").path == "0"
    assert known.find("I hate this film very much") is None
    assert known.find("I like this film very") is None
    changed = sentence(1).split()
    changed[20] = "quite"
    assert known.find(" ".join(changed)).path == "1"
    assert known.find(" ".join(changed[:20])) is None
    long = sentence(2, 4_000).split()
    for at in range(0, 4_000, 100):
        long[at] = "else"
    assert known.find(" ".join(long)).path == "2"
    assert known.find(sentence(3, 4_000)) is None


def test_that_texts_of_one_kind_are_no_copies() -> None:
    def report(number: int) -> str:
        draw = random.Random(number)
        findings = " ".join(
            draw.choice(["mild", "no", "severe", "left", "right"]) for _ in range(8)
        )
        return f"The examination of the chest shows {findings} opacity in patient number {number}."

    known = near_texts(*map(report, range(100)))
    assert [known.find(report(number)) for number in range(100, 400)] == [None] * 300


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("".join(f"{sentence(n, 4 + n % 7)}\n" for n in range(12)), True),
        ("".join(f"a lovely film number {n} {n * 7 % 10}\n" for n in range(12)), True),
        ("".join(f"one of the sentences of the test split: {n:03}\n" for n in range(30)), True),
        ("".join(f"{sentence(n, 9)[:50]:x<60}.\n" for n in range(30)), True),
        # Broken prose, paragraphs, a few lines, a list of words.
        ("\n".join(wrap(sentence(1, 200), 70)), False),
        ("\n\n".join(sentence(n, 9) for n in range(12)), False),
        ("\n".join(sentence(n, 9) for n in range(4)), False),
        ("\n".join(["cat", "dog", "bird"] * 8), False),
    ],
)
def test_which_lines_are_texts(text: str, expected: bool) -> None:
    assert are_lines_texts(text) is expected


def test_that_only_known_lines_are_cut() -> None:
    known = {short_hash("one two"), short_hash("three four five")}
    assert without_known("one two", known) == ("one two", 0)
    assert without_known("a\nOne   two\nb", known) == ("a\nb", 1)
    assert without_known("a\n\nthree\nfour five\n\nb", known) == ("a\n\n\nb", 1)
    assert without_known("one two three\nfour", known) == ("one two three\nfour", 0)
