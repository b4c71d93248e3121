"""Names in a terminal stand as they are."""

from pathlib import Path

from rich.table import Table

from core.cli.show_scan import show_scan
from core.cli.terminal import Console
from core.data.tables.columns import Columns
from core.text.data.scan import scan_texts


def test_that_a_class_is_no_code_of_a_picture(capsys):
    table = Table()
    table.add_row("a:b:c")
    Console().print("always saying :b: and a:b: 16.7 %", markup=False)
    Console().print(table)
    shown = capsys.readouterr().out
    assert "always saying :b: and a:b: 16.7 %" in shown
    assert "a:b:c" in shown


def test_that_square_brackets_of_classes_stand_in_the_table_of_a_scan(tmp_path: Path, capsys):
    rows = [f"the words of text number {n},{('[x]', '[bold]y')[n % 2]}" for n in range(20)]
    (tmp_path / "train.csv").write_text("\n".join(["text,label", *rows]))
    found = scan_texts([], tmp_path, columns=Columns(), val_fraction=0, test_fraction=0.2, seed=0)
    show_scan(Console(), found, details=False)
    shown = capsys.readouterr().out
    assert "\\" not in shown.replace(str(tmp_path), "")
    assert "[x]" in shown
    assert "[bold]y" in shown
