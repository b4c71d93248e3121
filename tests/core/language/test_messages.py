"""What is said in another language, and in the one that tests walk through the window with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo

from core.language import _, language, ngettext, use
from core.language.choice import ENGLISH, PSEUDO
from core.language.pseudo import pseudo


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    use(ENGLISH, Path())


@pytest.fixture
def german(tmp_path: Path) -> Path:
    """A folder with a small catalog."""
    catalog = Catalog("de")
    catalog.add("Runs", "Läufe")
    catalog.add(("{number} seed", "{number} seeds"), ("{number} Startwert", "{number} Startwerte"))
    file = tmp_path / "de" / "LC_MESSAGES" / "redistill.mo"
    file.parent.mkdir(parents=True)
    with file.open("wb") as stream:
        write_mo(stream, catalog)
    return tmp_path


def seeds(number: int) -> str:
    return ngettext("{number} seed", "{number} seeds", number).format(number=number)


def test_that_english_is_said_until_another_language_is_chosen(german: Path) -> None:
    assert (language(), _("Runs"), seeds(1), seeds(2)) == ("en", "Runs", "1 seed", "2 seeds")
    use("de", german)
    assert (language(), _("Runs"), seeds(1)) == ("de", "Läufe", "1 Startwert")
    assert seeds(2) == "2 Startwerte"
    assert _("Not translated") == "Not translated"


def test_that_a_language_without_a_catalog_is_refused_and_nothing_changes(german: Path) -> None:
    with pytest.raises(FileNotFoundError):
        use("zh_CN", german)
    assert (language(), _("Runs")) == ("en", "Runs")


def test_that_the_pseudo_language_is_longer_and_keeps_what_is_filled_in() -> None:
    use(PSEUDO, Path())
    words = _("{done:,} of {total:,} images are here")
    assert words.startswith("[{done:,} öf {total:,} îmàgés àré héré ~")
    assert len(words.format(done=1, total=2)) > 1.35 * len("1 of 2 images are here")
    assert words.format(done=1, total=2).startswith("[1 ")
    assert "2 " in seeds(2)


def test_that_the_pseudo_language_keeps_mnemonics_patterns_and_code() -> None:
    assert "&" in pseudo("&Open")
    assert "(*.png *.jpg)" in pseudo("Pictures (*.png *.jpg)")
    assert pseudo("Tables (*.csv);;All (*)").count(";;") == 1
    assert "`redistill queue run`" in pseudo("Begin it with `redistill queue run`.")
    assert "<b>" in pseudo("<b>Arm</b>: a way to train")
