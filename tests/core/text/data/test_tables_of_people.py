# ruff: noqa: RUF001 - letters of many scripts are what this is about.
"""Tables of texts as people have them: what their labels, splits and columns mean."""

import csv
import json

import pytest

from core.errors import RunError
from core.text.data.documents import documents_of
from core.text.data.places import is_text
from core.text.data.read import Columns
from core.text.data.scan import scan_texts

WORDS = ("a lovely film with a warm heart", "a dull film without any sense")


def texts(number, start=0):
    return [(f"{WORDS[n % 2]} number {n}", n % 2) for n in range(start, start + number)]


def write(file, head, rows, **how):
    with file.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out, **how).writerows([head, *rows])


def scanned(path, **columns):
    return scan_texts([], path, columns=Columns(**columns), val_fraction=0, test_fraction=0, seed=0)


def counts(manifest):
    return [len(manifest.labeled_split(name)) for name in ("train", "val", "test")]


def trained_on(manifest):
    found = documents_of(manifest, Columns(), include_test=False)
    return [document.text for document in found if document.is_pretrained_on]


def test_that_lists_of_labels_are_understood(tmp_path):
    marks = [["pos"], [], ["pos", "sad"], ["neg"], "neg", {"a": 1}]
    lines = [json.dumps({"text": f"text {n} here", "label": m}) for n, m in enumerate(marks)]
    (tmp_path / "all.jsonl").write_text("\n".join(lines))
    manifest = scanned(tmp_path)
    assert [text.label for text in manifest.labeled] == ["pos", "neg", "neg"]
    assert manifest.num_unlabeled == 1
    assert {bad.path: bad.reason for bad in manifest.quarantined} == {
        "all.jsonl:3": "it has several labels (pos, sad)",
        "all.jsonl:6": "its label is no single value but an object (a)",
    }
    assert "all.jsonl: 1 text with several labels: left out" in manifest.notes
    assert "all.jsonl: 1 text without a label in column label" in manifest.notes


def test_that_semicolons_of_another_code_page_are_read(tmp_path):
    rows = [f"{('gut', 'schlecht')[n % 2]};„{t}“ – für 5 €, wirklich" for t, n in texts(8)]
    (tmp_path / "train.csv").write_bytes(("label;text\r\n" + "\r\n".join(rows)).encode("cp1252"))
    manifest = scanned(tmp_path)
    assert manifest.classes == ("gut", "schlecht")
    assert trained_on(manifest)[0] == rows[0].split(";")[1]
    assert "train.csv: read as Windows-1252 (data.encoding)" in manifest.notes


def test_that_html_with_a_picture_and_a_text_that_ends_in_one_are_texts(tmp_path):
    body = '<p>words</p><img src="https://example.org/a.png">'
    write(tmp_path / "a.csv", ("Id", "Body", "label"), [(1, body, "x"), (2, "<p>words</p>", "y")])
    write(tmp_path / "b.csv", ("message", "label"), [("see docs/shot.png", "x"), ("more", "y")])
    assert is_text(tmp_path / "a.csv")
    assert is_text(tmp_path / "b.csv")
    assert is_text(tmp_path)
    assert scanned(tmp_path / "b.csv").classes == ("x", "y")


def test_that_a_submission_is_named_and_its_numbers_are_no_texts(tmp_path):
    head = ("id", "keyword", "text", "target")
    write(tmp_path / "train.csv", head, [(n, "", *row) for n, row in enumerate(texts(8))])
    write(tmp_path / "test.csv", head[:3], [(n, "", t) for n, (t, _) in enumerate(texts(4, 100))])
    write(tmp_path / "sample_submission.csv", ("id", "target"), [(n, 0) for n in range(4)])
    write(tmp_path / "gender_baseline.csv", ("id", "target"), [(n, 0) for n in range(4)])
    manifest = scanned(tmp_path)
    assert counts(manifest) == [8, 0, 0]
    assert [(file.path, file.split) for file in manifest.corpora] == [("test.csv", "test")]
    assert "sample_submission.csv: left out, it is a sample submission" in manifest.notes
    (bad,) = manifest.quarantined
    assert bad.path == "gender_baseline.csv"
    assert "no column holds text (there are: id, target)" in bad.reason


def test_that_a_column_of_splits_is_used(tmp_path):
    splits = ["train"] * 6 + ["validation"] * 2 + ["Test"] * 4
    rows = [(*row, split) for row, split in zip(texts(12), splits, strict=True)]
    write(tmp_path / "data.csv", ("text", "label", "split"), rows)
    manifest = scanned(tmp_path)
    assert counts(manifest) == [6, 2, 4]
    assert len(trained_on(manifest)) == 8
    assert "the split is column split (data.split_column)" in manifest.notes[-1]


def test_that_words_for_splits_are_found_in_cells(tmp_path):
    parts = ["Training"] * 6 + ["PublicTest"] * 2 + ["PrivateTest"] * 2 + ["验证"] * 2
    rows = [(*row, part) for row, part in zip(texts(12), parts, strict=True)]
    write(tmp_path / "data.csv", ("text", "label", "Usage"), rows)
    manifest = scanned(tmp_path)
    assert (counts(manifest), manifest.quarantined) == ([6, 2, 4], ())


def test_that_unlabeled_texts_of_the_test_split_stay_out_of_pretraining(tmp_path):
    rows = [("one text", "a", "train"), ("two texts", "", "train"), ("a third", "", "test")]
    write(tmp_path / "data.csv", ("text", "label", "split"), rows)
    manifest = scanned(tmp_path)
    assert sorted(trained_on(manifest)) == ["one text", "two texts"]
    assert manifest.num_pretraining() == 2
    assert "1 unlabeled text in a test split: kept out of pre-training" in manifest.notes


def test_that_labels_have_one_spelling_across_files(tmp_path):
    (tmp_path / "train.jsonl").write_text(
        '{"text": "one text", "label": true}\n{"text": "two texts", "label": false}\n'
    )
    (tmp_path / "test.csv").write_text("text, label\nthree texts,True \nfour texts,false\n")
    assert scanned(tmp_path).classes == ("false", "true")


def test_that_scores_are_refused_before_anything_trains(tmp_path):
    write(tmp_path / "a.csv", ("text", "label"), [(t, n / 7) for n, (t, _) in enumerate(texts(40))])
    with pytest.raises(RunError) as refused:
        scanned(tmp_path, task="single-label")
    assert refused.value.id == "labels-are-numbers"
    assert "40 different labels for 40 labeled texts" in refused.value.what
    assert "data.task to regression" in refused.value.action


def test_that_none_and_na_are_classes_and_odd_line_ends_are_text(tmp_path):
    names = ("None", "NA", "null", "nan")
    rows = [(f'text {n}\u2028second "line"\nthird, line', names[n % 4]) for n in range(8)]
    write(tmp_path / "train.csv", ("text", "label"), rows)
    manifest = scanned(tmp_path)
    assert manifest.classes == tuple(sorted(names))
    assert set(trained_on(manifest)) == {text for text, _ in rows}


def test_that_test_labels_of_minus_one_are_an_unlabeled_test(tmp_path):
    rows = [(n, *row) for n, row in enumerate(texts(8))]
    write(tmp_path / "train.tsv", ("index", "sentence", "label"), rows, delimiter="\t")
    held = [(n, text, -1) for n, (text, _) in enumerate(texts(4, 50))]
    write(tmp_path / "test.tsv", ("index", "sentence", "label"), held, delimiter="\t")
    manifest = scanned(tmp_path)
    assert manifest.classes == ("0", "1")
    assert [(file.split, file.num_texts) for file in manifest.corpora] == [("test", 4)]
    assert len(trained_on(manifest)) == 8


def test_that_a_chinese_table_is_read_or_refused_with_the_setting(tmp_path):
    lines = [f"这部电影第{n}次看仍然很差，无聊,{('neg', 'pos')[n % 2]}" for n in range(8)]
    (tmp_path / "a.csv").write_bytes(("text,label\n" + "\n".join(lines)).encode("gb18030"))
    manifest = scanned(tmp_path)
    assert trained_on(manifest)[0] == lines[0].rpartition(",")[0]
    assert "a.csv: read as GB18030 (data.encoding)" in manifest.notes
    (tmp_path / "a.csv").write_bytes("text,label\n很好,pos\n很差,neg\n".encode("gb18030"))
    with pytest.raises(RunError, match=r"data\.encoding"):
        scanned(tmp_path)
    assert scanned(tmp_path, encoding="gb18030").classes == ("neg", "pos")


def test_that_a_text_with_several_labels_in_one_file_is_counted_and_left_out(tmp_path):
    rows = [("the same text", "a"), ("The same  text", "b"), ("another text", "a")]
    write(tmp_path / "a.csv", ("text", "label"), rows)
    manifest = scanned(tmp_path)
    assert [text.path for text in manifest.labeled] == ["a.csv:4"]
    assert "2 texts left out: the same text has several labels" in manifest.notes
    assert "(a, b)" in manifest.quarantined[0].reason


def test_that_fasttext_files_are_read(tmp_path):
    lines = ["__label__spam buy this now", "__label__ham see you soon", "__label__a __label__b no"]
    (tmp_path / "train.txt").write_text("\n".join(lines))
    manifest = scanned(tmp_path)
    assert [(text.path, text.label) for text in manifest.labeled] == [
        ("train.txt:1", "spam"),
        ("train.txt:2", "ham"),
    ]
    assert manifest.quarantined[0].path == "train.txt:3"


def test_that_a_table_without_header_has_texts_and_labels(tmp_path):
    rows = [(text, ("neg", "pos")[n]) for text, n in texts(8)]
    write(tmp_path / "train.csv", rows[0], rows[1:])
    manifest = scanned(tmp_path)
    assert manifest.classes == ("neg", "pos")
    assert len(manifest.labeled) == 8
    assert any("its first row names no columns" in note for note in manifest.notes)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Datensatz", ("Training", "Validierung", "Test")),
        ("划分", ("训练集", "验证集", "测试集")),
        ("ensemble", ("entraînement", "validation", "test")),
    ],
)
def test_that_a_column_of_any_name_with_nothing_but_splits_is_used(tmp_path, name, words):
    splits = [words[0]] * 6 + [words[1]] * 2 + [words[2]] * 4
    rows = [(*row, split, n) for n, (row, split) in enumerate(zip(texts(12), splits, strict=True))]
    write(tmp_path / "data.csv", ("text", "label", name, "Nr"), rows)
    manifest = scanned(tmp_path)
    assert counts(manifest) == [6, 2, 4]
    guesses = [guess for guess in manifest.guesses if guess.setting == "data.split_column"]
    assert [guess.value for guess in guesses] == [name]


def test_that_a_column_that_begins_with_test_rows_is_said_to_be_unused(tmp_path):
    splits = ["Test"] * 250 + ["Training"] * 50
    rows = [(*row, split) for row, split in zip(texts(300), splits, strict=True)]
    write(tmp_path / "data.csv", ("text", "label", "Teil"), rows)
    manifest = scanned(tmp_path)
    assert any("column Teil is not used as a split" in note for note in manifest.notes)
    assert counts(scanned(tmp_path, split="Teil")) == [50, 0, 250]


@pytest.mark.parametrize("values", [("train", "bus"), ("on a test track", "in a training hall")])
def test_that_words_for_splits_among_others_say_no_split(tmp_path, values):
    rows = [(*row, values[n % 2]) for n, row in enumerate(texts(12))]
    write(tmp_path / "data.csv", ("text", "label", "where"), rows)
    manifest = scanned(tmp_path)
    assert counts(manifest) == [12, 0, 0]


@pytest.mark.parametrize(("name", "train"), [("is_train", True), ("is_test", False)])
def test_that_yes_and_no_say_the_split(tmp_path, name, train):
    rows = [(*row, train if n < 8 else not train) for n, row in enumerate(texts(12))]
    write(tmp_path / "data.csv", ("text", "label", name), rows)
    assert counts(scanned(tmp_path)) == [8, 0, 4]


def test_that_a_column_of_authors_is_named_where_a_split_is_drawn(tmp_path):
    rows = [(*row, f"author {n // 4}") for n, row in enumerate(texts(12))]
    write(tmp_path / "data.csv", ("text", "label", "author"), rows)
    assert any("--group-column author" in note for note in scanned(tmp_path).notes)
    assert not any("--group-column" in note for note in scanned(tmp_path, group="author").notes)


def test_that_texts_without_any_test_are_said_to_have_no_score(tmp_path):
    write(tmp_path / "data.csv", ("text", "label"), texts(12))
    assert any("nothing can be scored" in note for note in scanned(tmp_path).notes)
    with pytest.raises(RunError, match="leaves nothing to learn from"):
        scan_texts([], tmp_path, columns=Columns(), val_fraction=0.5, test_fraction=0.5, seed=0)


def test_that_shares_of_the_test_and_for_validation_are_both_of_all_texts(tmp_path):
    write(tmp_path / "data.csv", ("text", "label"), texts(200))
    found = scan_texts([], tmp_path, columns=Columns(), val_fraction=0.4, test_fraction=0.5, seed=0)
    assert counts(found) == [20, 80, 100]
    assert any("no val split: 40% of each class is held out" in note for note in found.notes)
