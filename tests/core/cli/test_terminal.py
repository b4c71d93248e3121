"""Names in a terminal stand as they are."""

from rich.table import Table

from core.cli.terminal import Console


def test_that_a_class_is_no_code_of_a_picture(capsys):
    table = Table()
    table.add_row("a:b:c")
    Console().print("always saying :b: and a:b: 16.7 %", markup=False)
    Console().print(table)
    shown = capsys.readouterr().out
    assert "always saying :b: and a:b: 16.7 %" in shown
    assert "a:b:c" in shown
