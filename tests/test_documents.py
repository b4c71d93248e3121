"""Documents: what they name is there, and the front page stays short."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from core.cli.main import app
from core.recipe import DistillRecipe
from core.recipe.arms import ARMS
from core.recipe.objectives import OBJECTIVES

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "resources").glob("*/*.md"),
        ROOT / "tests" / "benchmarks" / "README.md",
    ]
)
TEXTS = {file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8") for file in DOCUMENTS}
OURS = r"(?:core|gui|resources|tests|\.ci|\.github)"


def is_there(dotted: str) -> bool:
    """Whether it is a package, a module, or a name in one."""
    *folders, last = dotted.split(".")
    module = ROOT.joinpath(*folders, last)
    if module.is_dir() or module.with_suffix(".py").is_file():
        return True
    around = ROOT.joinpath(*folders)
    file = around / "__init__.py" if around.is_dir() else around.with_suffix(".py")
    names = file.read_text(encoding="utf-8") if file.is_file() else ""
    return re.search(rf"^(?:def|class) {last}\b|^{last}\b", names, re.MULTILINE) is not None


@pytest.mark.parametrize("document", TEXTS)
def test_that_the_files_a_document_names_are_there(document: str) -> None:
    paths = re.findall(rf"`({OURS}/[\w./-]*)`", TEXTS[document])
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("document", TEXTS)
def test_that_the_modules_a_document_names_are_there(document: str) -> None:
    text = TEXTS[document]
    modules = re.findall(r"`((?:core|gui|tests)(?:\.\w+)+)`", text)
    modules += re.findall(r" -m ((?:core|gui|tests)(?:\.\w+)*)", text)
    assert [module for module in modules if not is_there(module)] == []


@pytest.mark.parametrize("document", TEXTS)
def test_that_the_links_of_a_document_lead_somewhere(document: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)\)", TEXTS[document])
    folder = (ROOT / document).parent
    assert [link for link in links if not (folder / link).exists()] == []


def test_that_a_name_that_is_not_there_is_noticed() -> None:
    assert is_there("core.training.loop.TrainingLoop")
    assert not is_there("core.training.loop.TrainingLoops")
    assert not is_there("core.helpers")


def test_that_the_front_page_is_short() -> None:
    assert len(TEXTS["README.md"].splitlines()) <= 120


def _rows(document: str) -> list[str]:
    text = TEXTS[f"resources/help/{document}.md"]
    return [line for line in text.splitlines() if line.startswith("| `")]


def test_that_the_help_has_a_row_with_its_source_for_each_objective() -> None:
    for name, objective in OBJECTIVES.items():
        (row,) = [line for line in _rows("objectives") if line.startswith(f"| `{name}`")]
        assert objective.source.url.removeprefix("https://") in row


def test_that_the_help_has_a_row_for_each_arm() -> None:
    first_cells = " ".join(line.split("|")[1] for line in _rows("compare"))
    assert [name for name in ARMS if f"`{name}`" not in first_cells] == []


def test_that_the_help_names_each_choice_of_self_distillation_and_each_part() -> None:
    said = TEXTS["resources/help/plan.md"]
    for setting in ("distance", "match", "teacher"):
        choices = DistillRecipe.model_fields[setting].annotation.__args__
        assert [choice for choice in choices if f"`{choice}`" not in said] == []
    said = TEXTS["resources/help/objectives.md"]
    assert all(part in said for part in ("`all`", "`last:N`", "`lora:R`"))


def test_that_every_command_that_our_words_name_is_there() -> None:
    known = set(get_command(app).commands)  # type: ignore[attr-defined]
    texts = [*ROOT.glob("*.md"), *ROOT.glob("resources/help/*.md")]
    texts += [*ROOT.glob("core/**/*.py"), *ROOT.glob("gui/**/*.py")]
    named = {
        name: file
        for file in texts
        for name in re.findall(r"`redistill ([a-z]+)", file.read_text(encoding="utf-8"))
    }
    assert len(named) > 10
    assert not {name: file for name, file in named.items() if name not in known}
