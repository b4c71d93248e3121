"""The window talks the language that was chosen, from its first word on."""

import subprocess
import sys
from pathlib import Path

from core.language.choice import VARIABLE
from core.system import process_names
from core.system.own_process import child_environment, module_command
from gui.program.talking import folder_of_qts_words
from tests.helpers.trainers import ROOT

# In a process of its own: tables of words are made once, with the import of their modules.
_STARTED = """
import sys
from PySide6.QtWidgets import QApplication
from gui.program import app
from gui.program.talking import talk
from gui.state.settings import Settings
words = ("core.recipe", "core.errors", "gui.frame")
early = [name for name in sys.modules if name.startswith(words)]
assert not early, early
made = QApplication([])
talk(made, Settings().language)
from core.language import language
from core.recipe.arms import title_of
from core.recipe.modality import modality_named
from gui.frame.places import PLACES
print(language(), PLACES[0].title, title_of("further"), modality_named("text").examples, sep="|")
"""


def started(**variables: str) -> list[str]:
    """What the window's tables say in a process with these variables."""
    done = subprocess.run(
        [sys.executable, "-c", _STARTED],
        env={**child_environment(), **variables},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().split("|")


def test_that_words_of_all_tables_are_in_the_chosen_language() -> None:
    code, *words = started(**{VARIABLE: "pseudo"})
    assert code == "pseudo"
    assert words[0].startswith("[Rûñs")
    assert words[1].startswith("[fûrthér pré-tràîñéd")
    assert words[2].startswith("[téxts")


def test_that_a_preference_counts(tmp_path: Path) -> None:
    file = tmp_path / "window.ini"
    file.write_text("[General]\nlanguage=de\n", encoding="utf-8")
    assert started(REDISTILL_SETTINGS=str(file))[0] == "de"


def test_that_qts_own_words_are_found() -> None:
    for code in ("de", "zh_CN"):
        assert (folder_of_qts_words() / f"qtbase_{code}.qm").is_file()


def test_that_other_processes_stay_english() -> None:
    done = subprocess.run(
        module_command(process_names.COMMAND_LINE, "run", "--help"),
        env={**child_environment(), VARIABLE: "pseudo"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0
    assert "pre-train" in done.stdout
    assert not set("àéîöû") & set(done.stdout)


_ANSWERED = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from gui.program.talking import talk
from gui.state.settings import Settings
made = QApplication([])
talk(made, Settings().language)
from core.readers.outcome import read_outcome
from core.run.folder import RunFolder
from gui.pages.compare.findings import ComparisonFindings
found = ComparisonFindings()
found.show_outcome(read_outcome(RunFolder(Path(sys.argv[1]))))
print(found.sentence.text(), found.about.text(), sep="|")
"""


def test_that_the_answer_of_a_comparison_is_in_the_language_of_the_window() -> None:
    run = ROOT / "tests" / "fixtures" / "runs" / "0.1.0" / "finished"
    done = subprocess.run(
        [sys.executable, "-c", _ANSWERED, str(run)],
        env={**child_environment(), VARIABLE: "de"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    answer, about = done.stdout.strip().split("|")
    assert answer.startswith("Hier kein Gewinn. Selbstdestillation: ")
    assert "test images" not in f"{answer} {about}"
