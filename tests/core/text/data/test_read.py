"""Texts as users have them: packed, damaged, huge; what can't be used is named by its line."""

import contextlib
import gzip
import json
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.text.data.documents import documents_of
from core.text.data.places import is_text
from core.text.data.read import UNREADABLE, Columns, Text, read_texts, sample_rows
from core.text.data.scan import scan_texts

MIB = 1 << 20


def read(file: Path, **more) -> tuple[list[Text], list[tuple[int, str]], list[str]]:
    """Texts, what can't be used, notes."""
    bad: list[tuple[int, str]] = []
    notes: list[str] = []
    found = read_texts(
        file, Columns(), lambda line, why: bad.append((line, why)), notes.append, **more
    )
    return list(found), bad, notes


def texts_and_lines(file: Path) -> tuple[list[str], list[int]]:
    found, bad, _ = read(file)
    return [each.text for each in found], [line for line, _ in bad]


def test_that_packed_files_give_what_the_plain_ones_give(tmp_path: Path) -> None:
    contents = {
        "a.txt": "a text\nof two lines",
        "b.jsonl": '{"text": "one", "label": "x"}\n{"text": "two", "label": "y"}\n',
        "c.csv": 'text,label\n"one\nline more",x\n',
        "d.tsv": "text\tlabel\none\tx\n",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content.encode("utf-16"))
        packed = tmp_path / f"{name}.gz"
        packed.write_bytes(gzip.compress((tmp_path / name).read_bytes()))
        assert read(packed) == read(tmp_path / name)
        assert is_text(packed)


def test_that_a_packed_file_cut_short_is_named_and_its_beginning_used(tmp_path: Path) -> None:
    lines = "".join(json.dumps({"text": f"text {n * n}"}) + "\n" for n in range(5000))
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines.encode())[:-2000])
    (tmp_path / "b.txt").write_text("fine")
    manifest = scan_texts(
        [tmp_path], None, columns=Columns(), val_fraction=0, test_fraction=0, seed=0
    )
    assert [bad.path for bad in manifest.quarantined] == ["a.jsonl.gz"]
    assert manifest.num_unlabeled >= 1


@pytest.mark.parametrize(("blank", "word"), [("", "lines"), ("\n", "paragraphs")])
def test_that_a_large_plain_file_is_many_texts(tmp_path: Path, blank: str, word: str) -> None:
    file = tmp_path / "big.txt"
    lines = [f"line {n} {'x' * 80}\n" for n in range(15_000)]
    file.write_text(blank.join(lines))
    found, bad, notes = read(file)
    assert [each.text for each in found] == lines
    step = 1 + len(blank)
    assert [each.line for each in found[:3]] == [1, 1 + step, 1 + 2 * step]
    assert notes == [f"its {word} are its texts"]
    assert not bad


@pytest.mark.parametrize("joined", ["x " * 2 * MIB, ("x " * 100 + "\n") * 20_000 + "\n\nlast"])
def test_that_no_text_is_larger_than_a_mebibyte(tmp_path: Path, joined: str) -> None:
    file = tmp_path / "big.txt"
    file.write_text(joined)
    found, _, _ = read(file)
    assert max(len(each.text) for each in found) <= MIB
    assert "".join(each.text for each in found).split() == joined.split()


def test_that_damaged_lines_of_utf8_are_named_and_the_others_used(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    rows = [json.dumps({"text": f"größe {n}"}, ensure_ascii=False).encode() for n in range(5)]
    rows[2] = rows[2].replace("ö".encode(), b"\xf6")
    rows[3] = rb'{"text": "half a pair: \ud83d"}'
    file.write_bytes(b"\n".join(rows))
    assert texts_and_lines(file) == (["größe 0", "größe 1", "größe 4"], [3, 4])


def test_that_odd_json_lines_are_named(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    lines = ['{"text": "first"}', "[" * 100_000, "3", '{"text": null}', "", '{"text": "last"}']
    file.write_text("\n".join(lines), encoding="utf-8-sig")
    assert texts_and_lines(file) == (["first", "last"], [2, 3, 4])


def test_that_tables_with_huge_fields_and_zero_bytes_are_read(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    huge = "word " * 60_000
    file.write_text(
        f'text,label\n"{huge}",a\n"one\nand ""two""\n",b\nzero\0byte,a\nshort\n"open,b\n'
    )
    found, bad, _ = read(file)
    assert [each.text for each in found] == [huge, 'one\nand "two"\n', "zero\0byte"]
    assert [each.line for each in found] == [2, 3, 6]
    assert [line for line, _ in bad] == [7, 8]


@pytest.mark.parametrize(
    ("second", "texts"),
    [
        # Texts that begin with a quote, which nothing closes: TSV has no quotes.
        ('"Yes\tx\nsaid he\tx\n"No\tx\n', ["one", '"Yes', "said he", '"No']),
        # As spreadsheets write it: quotes around line ends and tabs.
        ('"two\nlines"\tx\n"a\ttab"\tx\n', ["one", "two\nlines", "a\ttab"]),
        # Quotes that hold nothing together are taken off all the same.
        ('"a ""word"""\tx\n', ["one", 'a "word"']),
    ],
)
def test_that_quotes_of_tsv_swallow_no_lines(tmp_path: Path, second: str, texts: list[str]) -> None:
    (tmp_path / "a.tsv").write_text("text\tlabel\none\tx\n" + second, encoding="utf-8")
    found, bad, _ = read(tmp_path / "a.tsv")
    assert [text.text for text in found] == texts
    assert not bad


def test_that_quotes_hold_lines_together_in_tsv_of_one_column(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text('text\n"two\nlines"\none\n', encoding="utf-8")
    found, bad, _ = read(tmp_path / "a.tsv")
    assert [text.text for text in found] == ["two\nlines", "one"]
    assert not bad


def test_that_null_rows_of_parquet_are_named(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["one", None, "three"], "label": [1, 2, None]}), file)
    found, bad, notes = read(file)
    assert [(each.text, each.label) for each in found] == [("one", "1"), ("three", None)]
    assert bad == [(2, "its text is no text")]
    assert notes[-1] == "1 text without a label in column label"
    # A label is no matter where it isn't wanted.
    found, bad, _ = read(file, wants_labels=False)
    assert [each.text for each in found] == ["one", "three"]


@pytest.mark.parametrize("name", ["a.parquet", "a.jsonl.gz", "a.txt.gz", "a.csv"])
def test_that_noise_is_no_text(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(bytes(range(128, 256)) * 40)
    with contextlib.suppress(UNREADABLE):
        read(file)


def test_that_tables_of_texts_and_tables_of_pictures_are_told_apart(tmp_path: Path) -> None:
    texts, pictures = tmp_path / "texts.csv", tmp_path / "pictures.csv"
    texts.write_text("text,label\nsome words,a\n")
    pictures.write_text("path,label\nfolder/1.png,a\n")
    assert is_text(texts)
    assert not is_text(pictures)
    pq.write_table(pa.table({"path": ["1.jpg"], "label": ["a"]}), tmp_path / "p.parquet")
    assert not is_text(tmp_path / "p.parquet")
    pq.write_table(pa.table({"text": ["words"], "label": ["a"]}), tmp_path / "t.parquet")
    assert is_text(tmp_path / "t.parquet")
    texts.unlink()
    assert not is_text(tmp_path)


def test_that_a_table_of_many_bad_lines_is_no_flood(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"text": "fine"}\n' + "broken\n" * 3000)
    manifest = scan_texts([file], None, columns=Columns(), val_fraction=0, test_fraction=0, seed=0)
    assert len(manifest.quarantined) == 2001
    assert manifest.quarantined[-1].reason == "1,000 more of its lines can't be used either"
    assert [each.text for each in documents_of(manifest, Columns(), include_test=False)] == ["fine"]


@pytest.mark.skipif(sys.platform == "win32", reason="NTFS would write the zeros")
def test_that_the_sample_of_a_table_is_read_without_the_rest(tmp_path: Path) -> None:
    """Dropping ten gigabytes must not read them."""
    file = tmp_path / "large.jsonl"
    row = '{"text": "é"}\n'.encode()
    with file.open("wb") as out:
        # Characters of two bytes, one of which the first mebibyte ends within.
        out.write(b" " + row * (2**20 // len(row) + 9))
        out.truncate(2**36)
    assert sample_rows(file)[:2] == [{"text": "é"}] * 2
