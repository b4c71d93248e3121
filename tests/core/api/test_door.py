"""`import redistill`: what it has, and that it costs next to nothing."""

import subprocess
import sys

import pytest

import core.api as redistill


def test_that_it_has_what_it_says_it_has() -> None:
    assert dir(redistill) == sorted(redistill.__all__)
    for name in redistill.__all__:
        found = getattr(redistill, name)
        assert isinstance(found, str) or found.__doc__
    with pytest.raises(AttributeError, match=r"adapt.*open"):
        _ = redistill.adopt


def test_that_opening_a_run_loads_no_torch() -> None:
    code = (
        "import sys, core.api as r; r.open; r.adapt; assert not {'torch', 'timm'} & {*sys.modules}"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
