"""What folders mean: random trees of splits, classes and wrappings are read as they were meant."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.folders import read_folders

SPLIT_FOLDERS = [
    {"train": "train", "test": "test"},
    {"train": "train", "valid": "val", "test": "test"},
    {"Training Data": "train", "Testing Data": "test"},
    {"training_set": "train", "test_set": "test"},
    {"seg_train": "train", "seg_test": "test"},
    {"Train": "train", "Dev": "val", "Test": "test"},
    {"20news-bydate-train": "train", "20news-bydate-test": "test"},
    {"train2017": "train", "val2017": "val"},
    {"train": "train", "eval": "test"},
]
# Some are those of splits, or hold their letters.
CLASS_NAMES = ["cats", "dogs", "dev", "train", "bus", "trainers", "contest", "test_tube", "Käse"]
WRAPPINGS = ["", "pets", "archive/data", "my data set"]


@st.composite
def labeled_trees(draw):
    """Number of files by folder, and their true number by label and split."""
    classes = draw(st.lists(st.sampled_from(CLASS_NAMES), min_size=2, max_size=5, unique=True))
    splits = draw(st.sampled_from([{}, *SPLIT_FOLDERS]))
    if "train" in classes:
        # Two splits beside each other are never classes.
        classes = [name for name in classes if name not in {"dev", "test_tube"}] + ["ships"]
    order = draw(st.sampled_from(["splits first", "splits doubled", "classes first"]))
    if order == "classes first" and splits:
        classes = [name for name in classes if name not in {"dev", "train"}] + ["ships", "planes"]
    wrapping = draw(st.sampled_from(WRAPPINGS))
    counts: dict[str, int] = {}
    true: Counter[tuple[str, str | None]] = Counter()
    for label in dict.fromkeys(classes):
        for folder, split in (splits or {"": None}).items():
            parts = {
                "splits first": [folder, label],
                "splits doubled": [folder, folder, label],
                "classes first": [label, folder],
            }[order]
            count = draw(st.integers(2, 5))
            counts["/".join(filter(None, [wrapping, *parts]))] = count
            true[label, split] += count
    return counts, true


@given(labeled_trees())
@settings(max_examples=200, deadline=None)
def test_that_random_trees_are_read_as_they_were_meant(tree) -> None:
    counts, true = tree
    assert read_folders(counts, is_sure=False).counts(counts) == true
    assert read_folders(counts, is_sure=True).counts(counts) == true


@given(
    st.sampled_from(SPLIT_FOLDERS),
    st.sampled_from(WRAPPINGS),
    st.sampled_from(["", "images", "same"]),
    st.booleans(),
)
def test_that_splits_without_classes_are_never_classes(splits, wrapping, inside, is_sure) -> None:
    counts = {}
    for name in splits:
        below = name if inside == "same" else inside
        counts["/".join(filter(None, [wrapping, name, below]))] = 4
    found = read_folders(counts, is_sure=is_sure)
    assert not found.classes
    assert found.counts(counts) == Counter({(None, split): 4 for split in splits.values()})


@pytest.mark.parametrize(
    ("counts", "true"),
    [
        # Unlabeled ones beside splits, in splits, and beside classes.
        (
            {"seg_train/a": 4, "seg_train/b": 4, "seg_test/a": 2, "seg_test/b": 2, "seg_pred": 9},
            {("a", "train"): 4, ("b", "train"): 4, ("a", "test"): 2, ("b", "test"): 2}
            | {(None, None): 9},
        ),
        (
            {"train/pos": 4, "train/neg": 4, "train/unsup": 9, "test/pos": 2, "test/neg": 2},
            {("pos", "train"): 4, ("neg", "train"): 4, ("pos", "test"): 2, ("neg", "test"): 2}
            | {(None, None): 9},
        ),
        ({"a": 4, "b": 4, "unlabeled": 9}, {("a", None): 4, ("b", None): 4, (None, None): 9}),
        # A test split without classes is kept out, and never a class.
        (
            {"train/cats": 4, "train/dogs": 4, "test": 6},
            {("cats", "train"): 4, ("dogs", "train"): 4, (None, "test"): 6},
        ),
        # Other folders beside splits have no labels.
        (
            {"train/cats": 4, "train/dogs": 4, "test/cats": 2, "test/dogs": 2, "sketches": 3},
            {("cats", "train"): 4, ("dogs", "train"): 4, ("cats", "test"): 2, ("dogs", "test"): 2},
        ),
        # A wrapping with the splits, and unlabeled test examples beside it.
        (
            {"set/set/train/a": 4, "set/set/train/b": 4, "set/set/valid/a": 2, "test/test": 3},
            {("a", "train"): 4, ("b", "train"): 4, ("a", "val"): 2, (None, "test"): 3},
        ),
        # Images and their masks are no classes.
        (
            {"train/images": 4, "train/masks": 4, "test/images": 2, "test/masks": 2},
            {(None, "train"): 8, (None, "test"): 4},
        ),
        ({"images": 4, "masks": 4}, {(None, None): 8}),
        # Words that would be unlabeled beside splits are classes among classes.
        ({"extra": 4, "pred": 4}, {("extra", None): 4, ("pred", None): 4}),
        # Of none of these classes anything was learnt.
        (
            {"train/cats": 4, "train/dogs": 4, "test/unknown": 6, "val/foxes": 2},
            {("cats", "train"): 4, ("dogs", "train"): 4, (None, "test"): 6, (None, None): 2},
        ),
        # Images and their labels, as pictures of the same names, are no classes.
        ({"images": 4, "labels": 4}, {(None, None): 8}),
        # One form of letters, whatever the folder has.
        (
            {"train/cafe\u0301": 4, "train/tea": 4, "test/caf\u00e9": 2, "test/tea": 2},
            {("caf\u00e9", "train"): 4, ("tea", "train"): 4, ("caf\u00e9", "test"): 2}
            | {("tea", "test"): 2},
        ),
    ],
)
def test_that_what_lies_beside_classes_is_no_class(counts, true) -> None:
    assert read_folders(counts, is_sure=False).counts(counts) == Counter(true)


def test_that_what_was_guessed_is_said() -> None:
    counts = {"seg_train/a": 4, "seg_train/b": 4, "seg_test/a": 2, "seg_pred": 9}
    (said,) = read_folders(counts, is_sure=False).notes
    assert (
        said == "seg_pred/ is unlabeled; seg_test/ is the split test; seg_train/ is the split train"
    )
    (said,) = read_folders({"dev": 4, "ops": 4}, is_sure=False).notes
    assert said.startswith("dev: read as a class, not as a split")
    (said,) = read_folders({"a/train": 4, "a/test": 4, "b/train": 4}, is_sure=False).notes
    assert said == "the splits lie in the class folders (a/test, a/train)"
    (said,) = read_folders({"train/a": 4, "train/b": 4, "test/c": 4}, is_sure=False).notes
    assert said == (
        "test/ has none of the training classes (c): unlabeled, and kept out of pre-training"
    )


def test_that_folders_in_classes_are_said_and_read_where_they_are_meant() -> None:
    counts = {f"{what}/person{n:02}_{what}": 3 for what in ("run", "walk") for n in range(4)}
    reading = read_folders(counts, is_sure=False)
    assert reading.classes == ()
    assert "run/, walk/ hold folders of their own" in reading.notes[0]
    assert read_folders(counts, is_sure=True).classes == ("run", "walk")
    dates = {f"{year}/{month:02}": 3 for year in (2023, 2024) for month in (year % 9, 11)}
    assert read_folders(dates, is_sure=False).notes == []
