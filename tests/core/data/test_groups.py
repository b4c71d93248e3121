"""Groups stay on one side of a split that is drawn; given splits that part them are told."""

import hashlib
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.groups import clusters_of, groups_by_pattern
from core.data.hold_out import hold_out
from core.data.manifest import Example, Manifest
from core.data.manifest_file import read_manifest, write_manifest
from core.data.manifest_words import describe
from core.data.modality import ScanRequest
from core.errors import RunError
from core.modalities import data_of, modality_of_path
from core.recipe import DataRecipe
from core.recipe.files import validated_recipe
from tests.core.images.data.pictures import put


def example(number: int, label: str, content: object = None) -> Example:
    named = str(number if content is None else content)
    sha = hashlib.sha256(named.encode()).hexdigest()
    return Example(f"{label}/{number}.png", 0, 1, 1, sha, (1, 1), "", label, "train")


def grouped(sizes: list[tuple[str, int]]) -> tuple[list[Example], dict[tuple[int, str], str]]:
    """Examples of groups, each of one class and so many examples."""
    examples, groups = [], {}
    for group, (label, size) in enumerate(sizes):
        for _ in range(size):
            examples.append(example(len(examples), label))
            groups[0, examples[-1].path] = f"g{group}"
    return examples, groups


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 9)), min_size=1, max_size=40),
    st.floats(0.05, 0.6),
    st.integers(0, 9),
)
def test_that_a_group_is_never_parted_and_no_class_loses_all(sizes, fraction, seed) -> None:
    examples, groups = grouped(sizes)
    held = hold_out(examples, fraction, seed, "test", groups)
    assert [replace(one, split="train") for one in held] == examples
    sides = {(groups[0, each.path], each.split) for each in held}
    assert len(sides) == len(set(groups.values()))
    for label in {label for label, _ in sizes}:
        splits = Counter(each.split for each in held if each.label == label)
        num_groups = sum(each == label for each, _ in sizes)
        assert splits["train"]
        assert bool(splits["test"]) == (num_groups > 1)


def test_that_groups_of_like_size_meet_the_share() -> None:
    examples, groups = grouped([("ab"[n % 2], 5) for n in range(80)])
    held = hold_out(examples, 0.2, 3, "test", groups)
    counts = Counter((each.label, each.split) for each in held)
    assert counts["a", "test"] == counts["b", "test"] == 40


def test_that_copies_join_their_groups() -> None:
    examples = [example(n, "ab"[n % 2], content=n // 2) for n in range(40)]
    # Every second one has a group; its copy has none, and goes where it goes.
    groups = {(0, each.path): f"g{n // 8}" for n, each in enumerate(examples) if n % 2}
    held = hold_out(examples, 0.3, 0, "test", groups)
    sides = {(n // 8, each.split) for n, each in enumerate(held)}
    assert len(sides) == 5
    assert {split for _, split in sides} == {"train", "test"}


def test_that_without_groups_the_same_ones_are_drawn_as_ever() -> None:
    examples = [example(n, "ab"[n % 2]) for n in range(20)]
    held = [n for n, each in enumerate(hold_out(examples, 0.3, 7, "test")) if each.split == "test"]
    assert held == [2, 5, 6, 9, 16, 17]
    assert hold_out(examples, 0.3, 7, "test", {}) == hold_out(examples, 0.3, 7, "test")


def scanned(folder: Path, **asked: object) -> Manifest:
    data = DataRecipe(**asked)
    part = data_of(modality_of_path(folder))
    unlabeled, labeled = part.roles(folder, data)
    return part.scan(
        ScanRequest(unlabeled=unlabeled, labeled=labeled, data=data, seed=0, workers=0)
    )


def parted(manifest: Manifest, group_of: dict[str, str]) -> set[str]:
    """Groups on more than one side."""
    sides: dict[str, set[str]] = {}
    for each in manifest.labeled:
        sides.setdefault(group_of[each.path], set()).add(str(each.split))
    return {group for group, splits in sides.items() if len(splits) > 1}


@pytest.fixture
def patients(tmp_path: Path) -> Path:
    """24 images of six patients in two classes."""
    for number in range(24):
        put(tmp_path / "ab"[number % 2] / f"patient{number // 4}_{number}.png", number)
    return tmp_path


def test_that_a_pattern_in_names_keeps_patients_together(patients) -> None:
    group_of = {
        path.relative_to(patients).as_posix(): path.name.split("_")[0]
        for path in patients.rglob("*.png")
    }
    assert parted(scanned(patients), group_of)
    manifest = scanned(patients, group_pattern=r"(patient\d+)_")
    assert not parted(manifest, group_of)
    assert {each.split for each in manifest.labeled} == {"train", "test"}
    assert "6 groups of examples that belong together" in describe(manifest)


def test_that_a_column_of_a_table_keeps_sheets_together(tmp_path) -> None:
    rows = []
    for number in range(24):
        put(tmp_path / "images" / f"{number}.png", number)
        rows.append(f"images/{number}.png,{'ab'[number % 2]},{float(number // 4)}\n")
    (tmp_path / "labels.csv").write_text("path,label,sheet\n" + "".join(rows))
    group_of = {f"images/{number}.png": str(number // 4) for number in range(24)}
    manifest = scanned(tmp_path, group_column="sheet")
    assert not parted(manifest, group_of)
    assert any("the group is column sheet (data.group_column)" in n for n in manifest.notes)
    # As many classes as before: the column is no class.
    assert manifest.classes == ("a", "b")


def test_that_texts_have_groups_too(tmp_path) -> None:
    rows = [f"text number {n} of many,{'ab'[n % 2]},author {n // 4}\n" for n in range(24)]
    (tmp_path / "t.csv").write_text("text,label,author\n" + "".join(rows))
    group_of = {f"t.csv:{n + 2}": str(n // 4) for n in range(24)}
    assert parted(scanned(tmp_path), group_of)
    manifest = scanned(tmp_path, group_column="author")
    assert not parted(manifest, group_of)
    assert {each.split for each in manifest.labeled} == {"train", "test"}
    with pytest.raises(RunError, match="there is no column writer"):
        scanned(tmp_path, group_column="writer")


@pytest.mark.parametrize("how", ["column", "texts", "pattern"])
def test_that_the_manifest_keeps_what_belongs_together(tmp_path, how: str) -> None:
    rows = []
    for number in range(24):
        if how != "texts":
            put(tmp_path / "images" / f"p{number // 4}-{number}.png", number)
        name = f"text number {number}" if how == "texts" else f"images/p{number // 4}-{number}.png"
        rows.append(f"{name},{'ab'[number % 2]},sheet {number // 4}\n")
    first = "text" if how == "texts" else "path"
    table = tmp_path / "labels.csv"
    table.write_text(f"{first},label,sheet\n" + "".join(rows))
    pattern = "(p[0-9]+)-" if how == "pattern" else None
    asked = {"group_pattern": pattern} if pattern else {"group_column": "sheet"}
    write_manifest(scanned(tmp_path, **asked), tmp_path / "manifest.jsonl")
    # No name of a group is in it, only what belongs together.
    written = (tmp_path / "manifest.jsonl").read_text()
    assert "sheet 3" not in written
    manifest = read_manifest(tmp_path / "manifest.jsonl")
    for split in ("train", "test"):
        examples = manifest.used_split(split)
        clusters = clusters_of(manifest, split, None)
        assert clusters is not None
        # Groups are never parted, and each is of four.
        assert sorted(Counter(clusters).values()) == [4] * (len(examples) // 4)
    if how == "pattern":
        # What an older version wrote has no groups: the names say the same.
        older = replace(manifest, groups=())
        assert clusters_of(older, "test", pattern) == clusters_of(manifest, "test", None)
    assert clusters_of(replace(manifest, groups=()), "test", None) is None


def test_that_what_has_no_group_is_alone(patients) -> None:
    for number in range(3):
        put(patients / "a" / f"stray{number}.png", 90 + number)
    manifest = scanned(patients, group_pattern=r"(patient\d+)_")
    found = [*(clusters_of(manifest, s, None) or [] for s in ("train", "test"))]
    alone = sum(list(Counter(each).values()).count(1) for each in found)
    assert alone == 3


def test_that_given_splits_that_part_groups_are_told(tmp_path) -> None:
    for number in range(12):
        split = "test" if number in {3, 8, 9, 10, 11} else "train"
        put(tmp_path / split / "ab"[number % 2] / f"p{number // 4}_{number}.png", number)
    words = describe(scanned(tmp_path, group_pattern="(p[0-9]+)_"))
    crossing = "1 group lies in more than one split (p0 in train and test): scores are too good"
    assert crossing in words


def test_that_what_has_no_group_is_counted_and_nothing_at_all_is_refused(patients) -> None:
    put(patients / "a" / "stray.png", 99)
    manifest = scanned(patients, group_pattern=r"(patient\d+)_")
    assert any(note.startswith("1 labeled example without a group") for note in manifest.notes)
    with pytest.raises(RunError) as error:
        scanned(patients, group_pattern="(doctor)")
    assert error.value.id == "groups-not-found"
    assert "--group-column" in error.value.action
    with pytest.raises(RunError) as error:
        scanned(patients, group_column="patient")
    assert error.value.id == "groups-without-table"
    assert "--group-pattern" in error.value.action


def test_that_names_are_compared_in_one_spelling() -> None:
    apart = replace(example(1, "a"), path="a/Rene\u0301_1.png")
    groups, notes = groups_by_pattern([apart], "(Ren\u00e9)_")
    assert (list(groups.values()), notes) == (["Ren\u00e9"], [])


@pytest.mark.parametrize("pattern", ["(a", "a", "(a)(b)", ""])
def test_that_a_pattern_without_one_group_is_refused(pattern) -> None:
    with pytest.raises(RunError, match=r"data\.group_pattern"):
        validated_recipe({"data": {"group_pattern": pattern}})


def test_that_column_and_pattern_together_are_refused() -> None:
    with pytest.raises(RunError, match="belongs together"):
        validated_recipe({"data": {"group_pattern": "(a)", "group_column": "b"}})
