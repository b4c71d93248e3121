"""Labels that the user corrected: read from a table, applied when the data are read, told."""

import hashlib
from pathlib import Path

import pytest

from core.data.corrections import content_of, moved, read_corrections, write_corrections
from core.data.decision import Correction
from core.data.findings import summary_of
from core.data.manifest import Manifest
from core.data.manifest_file import read_manifest, write_manifest
from core.data.manifest_words import describe
from core.data.modality import ScanRequest
from core.data.opened import scan_opened
from core.errors import RunError
from core.modalities import data_of
from core.recipe import DataRecipe, modality_named
from tests.helpers.worlds import World, in_both_worlds

HEADER = "example,given_label,decision,new_label\n"


def scanned(world: World, table: Path | None) -> Manifest:
    name = str(table) if table is not None else None
    data = DataRecipe(kind=world.kind, corrections=name)
    request = ScanRequest(unlabeled=[], labeled=world.labeled, data=data, seed=0)
    return scan_opened(data_of(modality_named(world.kind)), request)


def contents(folder: Path) -> dict[Path, str]:
    return {
        file: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


@in_both_worlds
def test_that_labels_are_corrected_and_examples_left_out(world: World, tmp_path: Path) -> None:
    before, files = scanned(world, None), contents(world.labeled)
    first, second, third = before.labeled_split("train")[:3]
    new = next(name for name in before.classes if name != first.label)
    table = tmp_path / "mine.csv"
    write_corrections(
        table,
        [
            Correction(first.path, str(first.label), "correct", new),
            Correction(second.path, str(second.label), "leave out"),
            Correction(third.path, str(third.label), "keep"),
        ],
    )
    after = scanned(world, table)
    labels = {example.path: example.label for example in after.labeled}
    assert labels == {
        example.path: new if example == first else example.label
        for example in before.labeled
        if example != second
    }
    assert [(bad.path, bad.reason) for bad in after.quarantined] == [
        (second.path, "left out by you (data.corrections)")
    ]
    assert all(each.path != second.path for each in after.pretraining_examples())
    words = "\n".join(describe(after))
    assert f"1 label corrected by {table} (data.corrections) (first: {first.path}" in words
    assert f"1 {after.modality.example} left out by {table}" in words
    assert "can't be used" not in words
    assert contents(world.labeled) == files
    write_manifest(after, tmp_path / "manifest.jsonl")
    kept = read_manifest(tmp_path / "manifest.jsonl")
    assert kept == after
    assert [each["decision"] for each in summary_of(kept)["corrections"]] == [
        "correct",
        "leave out",
    ]


def test_that_a_label_that_changed_meanwhile_stays(world: World, tmp_path: Path) -> None:
    first, second = scanned(world, None).labeled_split("train")[:2]
    table = tmp_path / "old.csv"
    write_corrections(
        table,
        [
            Correction(first.path, "plum", "leave out"),
            Correction(second.path, str(second.label), "leave out"),
            Correction("gone.png", "a", "leave out"),
        ],
    )
    after = scanned(world, table)
    assert len(after.quarantined) == 1
    words = "\n".join(after.notes)
    assert f"another one by now (first: {first.path}: {first.label}, not plum)" in words
    assert "1 name in" in words
    assert "(first: gone.png)" in words


def test_that_copies_with_two_labels_are_told_no_more_once_corrected(
    world: World, tmp_path: Path
) -> None:
    labeled = tmp_path / "labeled"
    picture = next((world.labeled / "train").glob("*/*.png")).read_bytes()
    for label, name in (("a", "x.png"), ("b", "y.png")):
        for split in ("train", "test"):
            (labeled / split / label).mkdir(parents=True)
        (labeled / "train" / label / name).write_bytes(picture)
    for number, source in enumerate(sorted((world.labeled / "test").glob("*/*.png"))[:4]):
        label = "ab"[number % 2]
        (labeled / "test" / label / f"{number}.png").write_bytes(source.read_bytes())
    table = tmp_path / "mine.csv"
    write_corrections(table, [Correction("train/b/y.png", "b", "correct", "a")])
    data = DataRecipe(corrections=str(table))
    part = data_of(modality_named("images"))
    found = {}
    for name, asked in (("before", DataRecipe()), ("after", data)):
        request = ScanRequest(unlabeled=[], labeled=labeled, data=asked, seed=0)
        found[name] = [leak.kind for leak in scan_opened(part, request).leaks]
    assert found == {"before": ["labels"], "after": []}


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (None, "corrections-unreadable", "No such file"),
        ("path,label\na.png,b\n", "corrections-columns", "its columns are: path, label"),
        (HEADER + "a.png,b,fix,\n", "corrections-rows", "line 2: the decision is fix"),
        (HEADER + "a.png,b,correct,\n", "corrections-rows", "new_label is empty"),
        (HEADER + "a.png,b,keep,c\n", "corrections-rows", "but its decision is keep"),
        (HEADER + "a.png,b,,c\n", "corrections-rows", "write correct there"),
        (HEADER + "a.png,b,keep,\na.png,b,leave out,\n", "corrections-rows", "line 3: a.png"),
        (HEADER + "a.png,blue,correct,gren\n", "corrections-classes", "did you mean green?"),
        (HEADER + "a.png,blue,leave out,\n", "corrections-other-data", "first: a.png"),
    ],
)
def test_that_a_table_that_says_nothing_usable_is_refused(
    world: World, tmp_path: Path, content: str | None, error: str, words: str
) -> None:
    table = tmp_path / "mine.csv"
    if content is not None:
        table.write_text(content)
    with pytest.raises(RunError) as refused:
        scanned(world, table)
    assert refused.value.id == error
    assert words in str(refused.value)


def test_that_a_spreadsheet_may_have_saved_it(tmp_path: Path) -> None:
    table = tmp_path / "excel.csv"
    rows = "example;given_label;decision;new_label;rank\n'=a.png;b;Leave_Out;;1\nc.png;d;;;2\n"
    table.write_text("\ufeff" + rows, encoding="utf-8")
    assert read_corrections(table) == [
        Correction("=a.png", "b", "leave out"),
        Correction("c.png", "d", ""),
    ]


def test_that_corrections_follow_texts_whose_lines_have_moved(tmp_path: Path) -> None:
    folder, table = tmp_path / "texts", tmp_path / "mine.csv"
    folder.mkdir()
    rows = [f"the words of text number {n},{'ab'[n % 2]}" for n in range(20)]

    def scanned_again(*first: str, corrections: Path | None = None) -> Manifest:
        (folder / "train.csv").write_text("\n".join(["text,label", *first, *rows]))
        data = DataRecipe(kind="text", corrections=str(corrections) if corrections else None)
        request = ScanRequest(unlabeled=[], labeled=folder, data=data, seed=0)
        return scan_opened(data_of(modality_named("text")), request)

    before = {each.path: each for each in scanned_again().labeled}
    wrong, gone = before["train.csv:4"], before["train.csv:5"]
    decisions = [
        Correction(wrong.path, "a", "correct", "b", content_of(wrong)),
        Correction(gone.path, "b", "leave out", "", content_of(gone)),
    ]
    write_corrections(table, decisions)
    assert read_corrections(table) == decisions
    # Two rows more at the top: in the old lines stand texts with the same labels.
    after = scanned_again("more words here,a", "and still more,b", corrections=table)
    labels = {each.sha256: each.label for each in after.labeled}
    old = {each.sha256: each.label for each in before.values()}
    assert {sha for sha in old if labels.get(sha) != old[sha]} == {wrong.sha256, gone.sha256}
    assert labels[wrong.sha256] == "b"
    assert gone.sha256 not in labels
    assert any("2 rows of" in note and "lines have moved" in note for note in after.notes)
    assert [each.name for each in moved(after, decisions[:1])] == ["train.csv:6"]
    # What is nowhere any more is not applied to what stands there instead.
    rows[2] = "other words,a"
    other = scanned_again(corrections=table)
    assert {each.path: each.label for each in other.labeled}["train.csv:4"] == "a"
    assert any("not found" in note for note in other.notes)
