"""One spelling of each label; what is none, what is several, what can't be one."""

import unicodedata

import pytest

from core.data.class_words import alike_in_words, numbers_in_words
from core.data.labels import Labels, refuse_numbers
from core.errors import RunError
from core.text.data.read import Columns
from core.text.data.scan import scan_texts


def read(*cells):
    labels = Labels(cells)
    return [labels.of(cell) for cell in cells]


def test_that_spellings_of_one_label_are_one():
    assert read("pos ", " pos", "pos") == [("pos",)] * 3
    assert read("1", 1, 1.0, "1.0", "1.00") == [("1",)] * 5
    assert read(True, "True", "TRUE", "true") == [("true",)] * 4
    assert read(unicodedata.normalize("NFD", "café"), "café") == [("café",)] * 2


@pytest.mark.parametrize("nothing", [None, "", "  ", float("nan"), [], "[]", [None]])
def test_that_nothing_is_no_label(nothing):
    assert read(nothing, "a", "b")[0] == ()


@pytest.mark.parametrize("word", ["nan", "NA", "null", "None", "N/A", -1, "-1", -1.0])
def test_that_numbers_have_gaps(word):
    assert read(word, 0, 1, "2") == [(), ("0",), ("1",), ("2",)]


def test_that_such_words_among_words_are_classes():
    assert read("None", "NA", "null", "nan") == [("None",), ("NA",), ("null",), ("nan",)]
    assert read("None", "some", "many")[0] == ("None",)
    assert read("nan", "nan") == [(), ()]


def test_that_true_and_false_have_gaps_as_numbers_do():
    assert read("True", "False", "None", True) == [("true",), ("false",), (), ("true",)]


def test_that_all_minus_one_is_no_label_and_plus_and_minus_one_are_two():
    assert read(-1, -1) == [(), ()]
    assert read(-1, 1) == [("-1",), ("1",)]


def test_that_lists_of_one_are_their_element_and_longer_ones_several():
    assert read(["a"], "['b']", '["a"]', ["a", "b"], ["a", "a"]) == [
        ("a",),
        ("b",),
        ("a",),
        ("a", "b"),
        ("a",),
    ]


@pytest.mark.parametrize("mark", ["|", " | ", "#", ", ", ";"])
def test_that_labels_joined_in_one_cell_are_several(mark):
    joined = f"cat{mark}dog"
    assert read(joined, "cat", "dog", "bird")[0] == ("cat", "dog")
    assert read(joined, "mouse", "bird")[0] == (joined,)


def test_that_marks_in_names_and_numbers_join_nothing():
    assert read("tench, Tinca tinca", "tench", "shark")[0] == ("tench, Tinca tinca",)
    assert read("3,5", "3", "5", "C#", "C")[0] == ("3,5",)
    assert read("C#", "C", "Java")[0] == ("C#",)


def test_that_choices_of_label_studio_are_labels():
    assert read({"choices": ["a", "b"]}, '{"choices": ["a"]}', "b") == [("a", "b"), ("a",), ("b",)]


def test_that_classes_alike_but_for_case_are_said():
    (words,) = alike_in_words(["Positive", "positive", "so so", "So_so", "negative"])
    assert "Positive and positive; So_so and so so" in words
    assert alike_in_words(["1", "11", "a", "b"]) == []


@pytest.mark.parametrize("cell", [{"a": 1}, b"a", [[0, 5, "PER"]], [{"a": 1}]])
def test_that_containers_are_refused(cell):
    with pytest.raises(ValueError, match="no single value"):
        Labels(["a"]).of(cell)


@pytest.mark.parametrize(
    ("labels", "what"),
    [
        ([f"{n / 7:.3f}" for n in range(40)], "numbers"),
        ([str(n) for n in range(40)], "numbers"),
        ([f"id{n}" for n in range(12)], "ids"),
        ([f"{n % 30 / 10}" for n in range(200)], "numbers"),
    ],
)
def test_that_scores_and_ids_are_refused(labels, what):
    with pytest.raises(RunError) as refused:
        refuse_numbers(labels, path="a.csv", examples="texts")
    assert refused.value.id == "labels-are-numbers"
    assert what in refused.value.what


@pytest.mark.parametrize(
    "labels",
    [
        ["0.5", "1", "1.5"] * 3,
        [str(n) for n in range(100)] * 3,
        ["cat", "dog"],
        [f"{n / 2}" for n in range(10)] * 20,
        [],
    ],
)
def test_that_classes_written_as_numbers_are_classes(labels):
    refuse_numbers(labels, path="a.csv", examples="texts")


def test_that_a_test_split_of_other_classes_is_said(tmp_path):
    (tmp_path / "train.csv").write_text(
        "text,label\n" + "".join(f"words {n},{'pn'[n % 2]}\n" for n in range(6))
    )
    (tmp_path / "test.csv").write_text(
        "text,label\n" + "".join(f"more {n},{n % 2}\n" for n in range(4))
    )
    notes = scan_texts(
        [], tmp_path, columns=Columns(), val_fraction=0, test_fraction=0.2, seed=0
    ).notes
    assert "2 classes without a training text: 0, 1" in notes
    assert any(note.startswith("no test text has a class that is trained") for note in notes)


def test_that_scores_of_few_values_are_said_to_be_classes():
    (words,) = numbers_in_words(["0.5", "1", "1.5"])
    assert words.startswith("the labels are numbers (0.5, 1, 1.5): each is a class of its own")
    assert numbers_in_words(["0", "1", "2"]) == []
    assert numbers_in_words(["0.5", "good"]) == []


@pytest.mark.parametrize(
    ("cells", "labels"),
    [
        # As pandas writes arrays; for Python the two words are one.
        (["['cat' 'dog']", "[\"it's\" 'a']", "[]"], [("cat", "dog"), ("it's", "a"), ()]),
        (["{'cat', 'dog'}", "{'cat'}", "set()"], [("cat", "dog"), ("cat",), ()]),
        (["('cat', 'dog')", "('cat',)", "()"], [("cat", "dog"), ("cat",), ()]),
        (["[cat, dog]", "[cat]", "[]"], [("cat", "dog"), ("cat",), ()]),
        (['{cat,"dog, wet"}', "{cat}", "{}"], [("cat", "dog, wet"), ("cat",), ()]),
        ([{"cat": True, "dog": False}, {"cat": 0, "dog": 0}], [("cat",), ()]),
    ],
)
def test_that_lists_are_read_however_they_are_spelled(cells, labels):
    column = Labels(cells)
    assert [column.of(cell) for cell in cells] == labels
    assert [column.says_none(cell) for cell in cells] == [not own for own in labels]


@pytest.mark.parametrize(
    "cells",
    [
        [[1, 0, 0, 1], [0, 0, 0, 0], [1, 1, 1, 0]],
        [[1.0, 0.0, 0.0, 1.0], [0.0] * 4, [1.0, 1.0, 1.0, 0.0]],
        ["[1, 0, 0, 1]", "[0, 0, 0, 0]", "[1, 1, 1, 0]"],
        ["[1. 0. 0. 1.]", "[0. 0. 0. 0.]", "[1. 1. 1. 0.]"],
    ],
)
def test_that_lists_of_0_and_1_have_a_place_for_each_label_and_that_is_said(cells):
    column = Labels(cells)
    assert [column.of(cell) for cell in cells] == [("0", "3"), (), ("0", "1", "2")]
    assert column.says_none(cells[1])
    assert "a place for each label" in column.words
    with pytest.raises(ValueError, match="no list of 4 numbers"):
        column.of([1, 0])
    assert read([0, 1], [2], [0]) == [("0", "1"), ("2",), ("0",)]


def test_that_marks_at_the_end_and_several_kinds_of_marks_make_no_classes_of_their_own():
    assert read("cat; dog;", "cat;", "dog") == [("cat", "dog"), ("cat",), ("dog",)]
    column = Labels(["cat|dog", "cat;cow", "dog,cow", "cat", "dog", "cow"])
    assert column.of("dog,cow") == ("dog", "cow")
    assert column.of("cat;cow") == ("cat", "cow")
    assert column.words.endswith("| ; ,")
    # Commas of names stay.
    names = ["red, dark;blue", "blue", "red, dark", "blue;green", "green"]
    assert read(*names)[0] == ("red, dark", "blue")


@pytest.mark.parametrize("mark", [" ", "/", "+"])
def test_that_labels_joined_by_marks_of_names_are_told_and_come_apart_if_asked(mark):
    cells = [f"cat{mark}dog", f"dog{mark}cow", f"cow{mark}cat{mark}dog", "cat", "dog", "cow"]
    assert Labels(cells).of(cells[0]) == (cells[0],)
    assert "data.task multi-label takes them apart" in Labels(cells).words
    asked = Labels(cells, "multi-label")
    assert asked.of(cells[2]) == ("cow", "cat", "dog")
    assert "taken apart" in asked.words
    assert not Labels(["red apple", "green apple", "red pear", "pear"]).words


def test_that_the_minus_of_typesetters_and_the_gaps_of_spreadsheets_are_read():
    assert read("\u22121", "1", "2", "#N/A", "-") == [(), ("1",), ("2",), (), ()]
    assert read("\u22122.5", "-2.5", "a") == [("-2.5",), ("-2.5",), ("a",)]


@pytest.mark.parametrize(
    "labels",
    [
        [*(f"{n / 7:.3f}" for n in range(40)), "unknown", "unknown", "unclear"],
        [f"id{max(n, 2)}" for n in range(40)],
    ],
)
def test_that_a_few_words_or_repetitions_do_not_hide_scores_and_ids(labels):
    with pytest.raises(RunError) as refused:
        refuse_numbers(labels, path="x.csv", examples="texts")
    assert refused.value.id == "labels-are-numbers"
