"""Rows of tables however they are written; what can't be read is named."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data.tables.columns import Columns
from core.data.tables.rows import read_rows, sample_rows

ROWS = [
    {"text": 'she said "no, never"; then | left', "label": "a"},
    {"text": "two\nlines", "label": "b"},
    {"text": "plain words, here", "label": "a"},
]


def read(file, **asked):
    bad, notes = [], []
    rows = read_rows(file, Columns(**asked), lambda at, why: bad.append((at, why)), notes.append)
    return [row for _, row in rows], bad, notes


def quoted(separator):
    lines = [("text", "label"), *((row["text"], row["label"]) for row in ROWS)]
    cells = [['"' + cell.replace('"', '""') + '"' for cell in line] for line in lines]
    return "".join(separator.join(line) + "\r\n" for line in cells)


@pytest.mark.parametrize(
    ("separator", "word"), [(",", None), (";", "semicolons"), ("\t", "tabs"), ("|", "vertical")]
)
def test_that_separators_are_found_and_unusual_ones_said(tmp_path, separator, word):
    file = tmp_path / "a.csv"
    file.write_text(quoted(separator), newline="", encoding="utf-8")
    rows, bad, notes = read(file)
    assert (rows, bad) == (ROWS, [])
    assert [word in note for note in notes] == ([True] if word else [])


def test_that_excel_may_name_the_separator_itself(tmp_path):
    (tmp_path / "a.csv").write_text("sep=;\ntext;label\none, two;x\n", encoding="utf-8")
    assert read(tmp_path / "a.csv")[0] == [{"text": "one, two", "label": "x"}]


@pytest.mark.parametrize("inner", ["no, never", "no"])
def test_that_backslashes_before_quotes_are_read_and_said(tmp_path, inner):
    line = f'"he said \\"{inner}\\" to me \\\\o/",neg\n'
    (tmp_path / "a.csv").write_text("text,label\n" + line * 5, encoding="utf-8")
    rows, bad, notes = read(tmp_path / "a.csv")
    assert rows == [{"text": f'he said "{inner}" to me \\\\o/', "label": "neg"}] * 5
    assert not bad
    assert "backslash" in notes[0]


def test_that_a_path_that_ends_in_a_backslash_is_no_escape(tmp_path):
    (tmp_path / "a.csv").write_text('text,label\n"C:\\dir\\",x\n"a, b",y\n', encoding="utf-8")
    assert read(tmp_path / "a.csv")[0] == [
        {"text": "C:\\dir\\", "label": "x"},
        {"text": "a, b", "label": "y"},
    ]


@pytest.mark.parametrize(
    ("first", "is_header"),
    [
        ("text,label", True),
        (" Text , label ", True),
        ("remark,kind", True),
        ("a dull film without any sense at all.,neg", False),
        ("some words here,neg", False),
        ("17,neg", False),
        ("a.png,cat", False),
        ("Nachricht,Art", True),
    ],
)
def test_that_a_first_row_of_data_is_no_header(tmp_path, first, is_header):
    (tmp_path / "a.csv").write_text(
        f"{first}\nmore words of it,neg\nothers,pos\n", encoding="utf-8"
    )
    rows, _, notes = read(tmp_path / "a.csv")
    assert len(rows) == 2 + (not is_header)
    assert ("column 1" in rows[0]) == any("names no columns" in note for note in notes)
    assert ("column 1" in rows[0]) != is_header


@pytest.mark.parametrize(
    "above", ["Export of 2024-03-12;;\n;;\n", "Export of 2024-03-12\n\n", "Ratings\nAll of them\n"]
)
def test_that_a_title_above_the_header_is_passed_over(tmp_path, above):
    rows = "".join(f"{n};some words {n};{'ab'[n % 2]}\n" for n in range(8))
    (tmp_path / "a.csv").write_text(f"{above}Nr;Remark;Klasse\n{rows}", encoding="utf-8")
    found, bad, notes = read(tmp_path / "a.csv")
    assert found[1] == {"Nr": "1", "Remark": "some words 1", "Klasse": "b"}
    assert (len(found), bad) == (8, [])
    assert any("above its header passed over" in note for note in notes)


@pytest.mark.parametrize("head", ["text,", ",text", "note,label"])
def test_that_a_header_with_one_name_is_no_title(tmp_path, head):
    (tmp_path / "a.csv").write_text(f"{head}\n" + "0,some words here\n" * 4, encoding="utf-8")
    assert len(read(tmp_path / "a.csv")[0]) == 4


def test_that_blanks_before_quotes_do_not_matter(tmp_path):
    lines = ["label, text", *(f'a, "one, two, {n}"' for n in range(4)), 'b, "and ""so"", it ends"']
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    found, bad, _ = read(tmp_path / "a.csv")
    assert (found[0], bad) == ({"label": "a", "text": "one, two, 0"}, [])
    assert found[-1]["text"] == 'and "so", it ends'
    (tmp_path / "a.csv").write_text('text,label\n" he said, ""so"", ",a\n "b",c\n' * 2)
    assert read(tmp_path / "a.csv")[0][0]["text"] == ' he said, "so", '


def test_that_lines_of_one_column_are_whole(tmp_path):
    (tmp_path / "a.csv").write_text("text\none, two\nthree\n", encoding="utf-8")
    assert [row["text"] for row in read(tmp_path / "a.csv")[0]] == ["one, two", "three"]


def test_that_blanks_around_names_and_empty_last_cells_do_not_matter(tmp_path):
    (tmp_path / "a.csv").write_text("\ufefftext, label,,\nx,y,,\nz,w,,\nv\n", encoding="utf-8")
    rows, bad, _ = read(tmp_path / "a.csv")
    assert [(row["text"], row["label"]) for row in rows] == [("x", "y"), ("z", "w")]
    assert bad == [(4, "1 of 4 columns")]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
@pytest.mark.parametrize("indent", [None, 1])
def test_that_one_array_is_read_like_lines(tmp_path, name, indent):
    (tmp_path / name).write_text(json.dumps(ROWS, indent=indent), encoding="utf-8")
    assert read(tmp_path / name)[0] == ROWS


def test_that_a_long_array_is_read_piece_by_piece_and_its_end_missed(tmp_path):
    many = [{"text": "word " * 50 + str(n), "label": n % 2} for n in range(3000)]
    (tmp_path / "a.json").write_text(json.dumps(many), encoding="utf-8")
    assert read(tmp_path / "a.json")[0] == many
    (tmp_path / "a.json").write_text(json.dumps(many)[:-500], encoding="utf-8")
    rows, bad, _ = read(tmp_path / "a.json")
    assert 2990 < len(rows) < 3000
    assert len(bad) == 1


@pytest.mark.parametrize(
    "value",
    [
        {"text": [row["text"] for row in ROWS], "label": [row["label"] for row in ROWS]},
        {"text": {str(n): row["text"] for n, row in enumerate(ROWS)},
         "label": {str(n): row["label"] for n, row in enumerate(ROWS)}},
        {"version": 1, "data": ROWS},
        {f"id{n}": row for n, row in enumerate(ROWS)},
    ],
)  # fmt: skip
def test_that_columns_and_wrapped_rows_are_read(tmp_path, value):
    (tmp_path / "a.json").write_text(json.dumps(value, indent=1), encoding="utf-8")
    assert read(tmp_path / "a.json")[0] == ROWS


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ({"images": [], "annotations": [], "categories": []}, "COCO"),
        ({"a.png12": {"filename": "a.png", "size": 12, "regions": []}}, "VGG"),
        ({"shapes": [], "imagePath": "a.png"}, "labelme"),
        ({"name": "x", "version": 3}, "no table"),
    ],
)
def test_that_json_of_other_kinds_is_named(tmp_path, value, word):
    (tmp_path / "a.json").write_text(json.dumps(value, indent=1), encoding="utf-8")
    with pytest.raises(ValueError, match=word):
        read(tmp_path / "a.json")
    assert sample_rows(tmp_path / "a.json") == []


def test_that_rows_of_labeling_tools_have_a_label(tmp_path):
    chosen = {"result": [{"value": {"choices": ["pos"]}, "type": "choices"}]}
    rows = [
        {"id": 1, "data": {"text": "one"}, "annotations": [chosen]},
        {"text": "two", "cats": {"pos": 0.0, "neg": 1.0}},
        {"text": "three", "label": "pos", "answer": "reject"},
        {"text": "four", "label": "pos", "answer": "accept"},
        {"text": "five", "accept": ["neg"], "answer": "accept"},
        ["six", {"cats": {"pos": True, "neg": False}}],
    ]
    (tmp_path / "a.json").write_text(json.dumps(rows), encoding="utf-8")
    found = [(row["text"], row["label"]) for row in read(tmp_path / "a.json")[0]]
    assert found == [
        ("one", ["pos"]),
        ("two", ["neg"]),
        ("three", None),
        ("four", "pos"),
        ("five", ["neg"]),
        ("six", ["pos"]),
    ]


def test_that_names_of_classes_are_taken_from_hub_parquet(tmp_path):
    features = {"label": {"names": ["neg", "pos"], "_type": "ClassLabel"}}
    table = pa.table({"text": ["a", "b", "c"], "label": [1, 0, -1]})
    known = {b"huggingface": json.dumps({"info": {"features": features}}).encode()}
    pq.write_table(table.replace_schema_metadata(known), tmp_path / "a.parquet")
    assert [row["label"] for row in read(tmp_path / "a.parquet")[0]] == ["pos", "neg", None]


@pytest.mark.parametrize("name", ["data-00000-of-00001.arrow", "a.feather"])
def test_that_arrow_files_are_read_as_datasets_and_feather_write_them(tmp_path, name):
    features = {"label": {"names": ["neg", "pos"], "_type": "ClassLabel"}}
    known = {b"huggingface": json.dumps({"info": {"features": features}}).encode()}
    table = pa.table({"text": ["a", "b", "c"], "label": [1, 0, -1]}).replace_schema_metadata(known)
    write = pa.ipc.new_stream if name.endswith("arrow") else pa.ipc.new_file
    with write(tmp_path / name, table.schema) as out:
        out.write_table(table)
    assert [row["label"] for row in read(tmp_path / name)[0]] == ["pos", "neg", None]
    (tmp_path / name).write_bytes(b"ARROW1 no" * 9)
    with pytest.raises(ValueError, match=r"\w"):
        read(tmp_path / name)
