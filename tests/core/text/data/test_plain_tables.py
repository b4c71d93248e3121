"""Plain files that are tables: a header, cells between marks; labels before Chinese texts."""

from pathlib import Path

import pytest

from core.data.manifest import Manifest
from core.text.data.read import Columns
from core.text.data.recognise import recognise_texts
from core.text.data.reread import texts_again
from core.text.data.scan import scan_texts
from tests.core.data.miniatures import sentence


def scanned(folder: Path, **asked: str) -> Manifest:
    columns = Columns(**asked)
    return scan_texts([], folder, columns=columns, val_fraction=0.0, test_fraction=0.2, seed=0)


def lines(row: str, count: int = 12) -> str:
    return "".join(row.format(i=i, c="ab"[i % 2], s=sentence(i)) + "\r\n" for i in range(count))


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("Text\tLabel", "{s}\t{c}"),
        ("id\tdocument\tlabel", "99{i}\t{s}\t{c}"),
        ("label,text", '{c},"{s}, and more"'),
        ("text;label;id", "{s};{c};{i}"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_that_a_plain_file_with_a_header_is_a_table(tmp_path, head, row, encoding) -> None:
    (tmp_path / "all.txt").write_bytes(f"{head}\r\n{lines(row)}".encode(encoding))
    assert recognise_texts(tmp_path).is_labeled
    manifest = scanned(tmp_path)
    assert manifest.classes == ("a", "b")
    assert len(manifest.labeled) == 12
    texts, _ = texts_again(manifest, manifest.labeled, Columns())
    assert {text.removesuffix(", and more") for text in texts.values()} == set(
        map(sentence, range(12))
    )


def test_that_a_header_without_a_label_names_unlabeled_texts(tmp_path) -> None:
    (tmp_path / "all.txt").write_text(f"id\ttext\n{lines('99{i}' + chr(9) + '{s}')}")
    assert not recognise_texts(tmp_path).is_labeled
    assert scanned(tmp_path).num_unlabeled == 12


def test_that_cells_between_marks_are_read(tmp_path) -> None:
    (tmp_path / "train_data.txt").write_text(lines("{i} ::: Film {i} (2009) ::: {c} ::: {s}", 24))
    (tmp_path / "test_data.txt").write_text(lines("{i} ::: Film {i} (2009) ::: {s}?"))
    manifest = scanned(tmp_path)
    assert manifest.classes == ("a", "b")
    assert len(manifest.labeled_split("train")) == 20
    assert [(file.path, file.split, file.num_texts) for file in manifest.corpora] == [
        ("test_data.txt", "test", 12)
    ]
    assert any("its columns are separated by :::" in note for note in manifest.notes)


def test_that_chinese_fields_between_marks_are_read(tmp_path) -> None:
    row = "65517{i:02}_!_{n}_!_{name}_!_京城最值得你来场文化之旅的博物馆{i}号_!_保利集团,马未都\n"
    fields = [(100 + i % 2, ("culture", "tech")[i % 2]) for i in range(24)]
    text = "".join(row.format(i=i, n=n, name=name) for i, (n, name) in enumerate(fields))
    (tmp_path / "toutiao.txt").write_text(text, encoding="utf-8")
    # Two columns may be the label: neither is taken unasked.
    found = scanned(tmp_path)
    assert (found.classes, found.num_unlabeled) == ((), 24)
    assert any("no label among column 1, column 2, column 3" in note for note in found.notes)
    assert scanned(tmp_path, label="3").classes == ("culture", "tech")


@pytest.mark.parametrize(
    "row",
    [
        "See https://example.org/{i} for what is new here",
        "Well ... what about {s}",
        "{s} (or so)",
        "She wrote: text, label and id",
    ],
)
def test_that_signs_of_prose_part_no_cells(tmp_path, row) -> None:
    (tmp_path / "corpus.txt").write_text(lines(row))
    assert scanned(tmp_path).num_unlabeled == 12


def test_that_labels_before_chinese_texts_are_read_beside_a_vocabulary(tmp_path) -> None:
    letters = "马晓旭意外受伤让国奥警惕无奈大雨格外青睐殷家军记者傅亚雨沈阳报道来到"
    for at, split in enumerate(("train", "val", "test")):
        texts = [letters[i:] + letters[at : at + 2 + i] for i in range(12)]
        rows = "".join(f"{('体育', '财经')[i % 2]}\t{text}\n" for i, text in enumerate(texts))
        (tmp_path / f"cnews.{split}.txt").write_text(rows, encoding="utf-8")
    (tmp_path / "cnews.vocab.txt").write_text("\n".join(letters), encoding="utf-8")
    manifest = scanned(tmp_path)
    assert manifest.classes == ("体育", "财经")
    sizes = [len(manifest.labeled_split(name)) for name in ("train", "val", "test")]
    assert sizes == [12, 12, 12]
