"""What a helper process says is wrong, in the language of the window."""

from collections.abc import Iterator
from io import StringIO
from json import loads
from pathlib import Path

import pytest

from core.errors import RunError
from core.language import use
from core.language.choice import ENGLISH, PSEUDO
from core.system.json_lines import MessageWriter
from gui.processes.json_process import words_of


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    use(ENGLISH, Path())


@pytest.fixture
def message() -> dict[str, object]:
    """As a helper writes it."""
    out = StringIO()
    MessageWriter(out).fail(RunError("folder-denied", path=Path("/data"), reason="no right"))
    read: dict[str, object] = loads(out.getvalue())
    return read


def test_that_the_words_of_the_helper_are_shown_in_english(message: dict[str, object]) -> None:
    assert words_of(message)[0] == "The folder /data can't be read: no right."


def test_that_they_are_said_anew_in_another_language(message: dict[str, object]) -> None:
    use(PSEUDO, Path())
    what, action = words_of({**message, "what": "as it was said", "action": "then"})
    assert "/data" in what
    assert "as it was said" not in what
    assert action


@pytest.mark.parametrize(
    "changed", [{"error_id": "of-a-later-version"}, {"details": None}, {"details": {}}]
)
def test_that_what_is_not_known_here_is_shown_as_it_was_said(
    message: dict[str, object], changed: dict[str, object]
) -> None:
    use(PSEUDO, Path())
    assert words_of({**message, **changed})[0] == message["what"]
