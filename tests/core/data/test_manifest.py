import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.data.findings import summary_of
from core.data.manifest import Example, Guess, Leak, Manifest, Quarantined, displayed
from core.data.manifest_file import read_manifest, write_manifest
from core.data.manifest_words import describe
from core.data.pairs import CopyPair, PairSide
from core.errors import RunError

SHA = "ab" * 32


def image(path: str = "a.png", **changes: object) -> Example:
    return replace(Example(path, 0, 10, 5, SHA, (8, 6), "", None, None), **changes)


FULL = Manifest(
    roots=("/data/caf\udce9",),
    unlabeled=(image("\udcff.png"), image("🌸.png", note="grey, rotated by EXIF")),
    labeled=(image("cat/1.png", label="cat", split="train"),),
    classes=("cat",),
    quarantined=(Quarantined("bad.png", 0, "damaged"),),
    passed_over=2,
    passed_over_why={"hidden": 2},
    duplicates=(("a", "b"),),
    leaks=(Leak("splits", ("a", "b"), ("train", "test")),),
    notes=("3 images",),
)


def test_that_a_manifest_comes_back_as_it_was(tmp_path):
    write_manifest(FULL, tmp_path / "manifest.jsonl")
    assert read_manifest(tmp_path / "manifest.jsonl") == FULL
    assert [file.name for file in tmp_path.iterdir()] == ["manifest.jsonl"]


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(min_size=1, max_size=30))
def test_that_every_name_survives(tmp_path, name):
    path = name.decode("utf-8", "surrogateescape")
    manifest = replace(FULL, unlabeled=(image(path),))
    write_manifest(manifest, tmp_path / "manifest.jsonl")
    (again,) = read_manifest(tmp_path / "manifest.jsonl").unlabeled
    assert again.path.encode("utf-8", "surrogateescape") == name
    displayed(path).encode("utf-8")


def test_that_a_cut_edited_or_missing_manifest_is_refused_at_any_line(tmp_path):
    path = tmp_path / "manifest.jsonl"
    write_manifest(FULL, path)
    lines = path.read_bytes().splitlines(keepends=True)
    damaged = [b"", b"{}\n", b"not json", lines[0][:20], b"".join([*lines, lines[-1]])]
    damaged += [b"".join(lines[:count]) for count in range(1, len(lines))]
    damaged.append(b"".join(lines)[:-5])
    for data in damaged:
        path.write_bytes(data)
        with pytest.raises(RunError) as error:
            read_manifest(path)
        assert error.value.id == "manifest-damaged"
    with pytest.raises(RunError, match="Scan the folders again"):
        read_manifest(tmp_path / "nowhere.jsonl")


def test_that_copies_come_back_and_older_versions_refuse_them(tmp_path):
    sides = PairSide(0, "t.png", "test", "cat"), PairSide(0, "cat/1.png", "train", "cat")
    manifest = replace(
        FULL,
        pairs=(CopyPair("near", *sides, is_left_out=True),),
        num_pairs=7,
        left_out=frozenset({(0, "cat/1.png"), (0, "\udcff.png")}),
        left_out_texts=frozenset(range(1, 2_000)),
    )
    path = tmp_path / "manifest.jsonl"
    write_manifest(manifest, path)
    assert read_manifest(path) == manifest
    assert json.loads(path.read_text().splitlines()[0])["format"] == 2
    assert manifest.labeled_split("train")
    assert not manifest.used_split("train")
    assert {each.path for each in manifest.pretraining_examples()} == {"🌸.png"}
    pair = summary_of(manifest)["copy_pairs"][0]
    assert (pair["kind"], pair["left_out"], pair["of"]["split"]) == ("near", True, "test")
    assert pair["copy"]["file"].endswith("cat/1.png")
    # Without copies it is what the first versions wrote.
    write_manifest(FULL, path)
    assert json.loads(path.read_text().splitlines()[0])["format"] == 1


def test_that_a_manifest_of_a_newer_version_is_refused_as_such(tmp_path):
    path = tmp_path / "manifest.jsonl"
    write_manifest(FULL, path)
    first, *rest = path.read_text().splitlines()
    newer = json.dumps(json.loads(first) | {"format": 99})
    path.write_text("\n".join([newer, *rest]) + "\n")
    with pytest.raises(RunError) as error:
        read_manifest(path)
    assert error.value.id == "manifest-newer"


def test_that_everything_worth_knowing_is_described():
    assert describe(FULL) == [
        "3 images",
        "1 image: grey",
        "1 image: rotated by EXIF",
        "1 file is an exact copy of another (first: a = b)",
        "1 image in more than one split (first: a (train), b (test))",
        "1 of 0 test images has a copy in train: scores on them are too good",
        "1 file can't be used (first: bad.png: damaged)",
        "2 files passed over (2 hidden)",
    ]


def test_that_guesses_are_kept_and_need_not_be_there(tmp_path: Path) -> None:
    guess = Guess("folder seg_pred", "unlabeled", "data.labeled")
    file = tmp_path / "manifest.jsonl"
    write_manifest(Manifest((), (), (), (), guesses=(guess,)), file)
    assert read_manifest(file).guesses == (guess,)
    header = json.loads(file.read_text(encoding="ascii"))
    del header["guesses"]
    file.write_text(json.dumps(header) + "\n", encoding="ascii")
    assert read_manifest(file).guesses == ()
