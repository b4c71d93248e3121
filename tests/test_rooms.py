"""The map of the code: no circle, few loose modules, a folder for each page."""

import ast
from functools import cache
from pathlib import Path

import grimp

from core.recipe import modalities

ROOT = Path(__file__).resolve().parents[1]
# Loose modules of core: the table of the modalities, the door of torchrun, the version.
LOOSE = {"modalities.py", "trainer.py", "version.py", "__init__.py"}


@cache
def graph() -> grimp.ImportGraph:
    # Imports for annotations only load nothing.
    return grimp.build_graph("core", "gui", exclude_type_checking_imports=True, cache_dir=None)


def circles(arrows: dict[str, set[str]]) -> list[list[str]]:
    """Groups of nodes that reach each other (Tarjan's strongly connected components)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        number[node] = low[node] = len(number)
        stack.append(node)
        for after in arrows.get(node, ()):
            if after not in number:
                visit(after)
                low[node] = min(low[node], low[after])
            elif after in stack:
                low[node] = min(low[node], number[after])
        if low[node] == number[node]:
            group = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(group) > 1:
                found.append(sorted(group))

    for node in arrows:
        if node not in number:
            visit(node)
    return found


def room(module: str) -> str:
    """`core.data`, `gui.pages.plan`: the folder that a sentence describes."""
    parts = module.split(".")
    is_page = parts[:2] == ["gui", "pages"] and len(parts) > 3
    return ".".join(parts[: 3 if is_page else 2])


def test_that_circles_are_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]
    assert circles({"a": {"b"}, "b": {"c"}}) == []


def test_that_no_modules_import_each_other() -> None:
    arrows = {name: graph().find_modules_directly_imported_by(name) for name in graph().modules}
    assert len(arrows) > 400
    assert circles(arrows) == []


def test_that_no_rooms_import_each_other() -> None:
    arrows: dict[str, set[str]] = {}
    for name in graph().modules:
        for other in graph().find_modules_directly_imported_by(name):
            if room(name) != room(other):
                arrows.setdefault(room(name), set()).add(room(other))
    assert circles(arrows) == []


def test_that_few_modules_lie_outside_of_rooms() -> None:
    assert {file.name for file in (ROOT / "core").glob("*.py")} <= LOOSE
    assert {file.name for file in (ROOT / "gui").glob("*.py")} == {"__init__.py", "__main__.py"}


def test_that_every_room_says_in_one_sentence_what_it_is() -> None:
    for folder in [*(ROOT / "core").rglob("*/"), *(ROOT / "gui").rglob("*/")]:
        if not list(folder.glob("*.py")):
            continue
        said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
        assert said, folder
        assert said.splitlines()[0].endswith("."), folder


def test_that_no_module_tells_modalities_apart_by_their_names() -> None:
    """Only a modality's own package and the tables of persisted names may spell them."""
    names = set(modalities())
    found = []
    for file in [*(ROOT / "core").rglob("*.py"), *(ROOT / "gui").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare):
                spelled = {n.value for n in ast.walk(node) if isinstance(n, ast.Constant)}
                if spelled & names:
                    found.append(f"{file.relative_to(ROOT)}:{node.lineno}")
    assert found == []


def test_that_a_common_word_names_one_class() -> None:
    """Classes and types of these names were different things in several rooms."""
    where: dict[str, list[str]] = {
        name: [] for name in ("Kind", "Report", "Estimate", "Place", "Outcome", "Curve")
    }
    for file in [*(ROOT / "core").rglob("*.py"), *(ROOT / "gui").rglob("*.py")]:
        module = ast.parse(file.read_text(encoding="utf-8"))
        names = [node.name for node in ast.walk(module) if isinstance(node, ast.ClassDef)]
        for statement in module.body:
            if isinstance(statement, ast.Assign):
                names += [each.id for each in statement.targets if isinstance(each, ast.Name)]
        for name in where.keys() & set(names):
            where[name].append(str(file.relative_to(ROOT)))
    assert {name: files for name, files in where.items() if len(files) > 1} == {}
    assert where["Place"]


# Whose encoder is taken apart, and why it may.
OWN_ENCODER = {
    "core/models/adapters.py": "it is the other form, and merges it",
    "core/models/layout.py": "asks for memory that is shared, which copies don't tell",
    "core/text/model/classifier.py": "fills parts that it has just made, in plain form",
}


def test_that_weights_of_encoders_go_through_the_seam() -> None:
    """Elsewhere an adapter's weights would be missed: `encoder_state` has them merged."""
    found = set()
    for file in (ROOT / "core").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Attribute(
                    attr="state_dict" | "load_state_dict",
                    value=ast.Attribute(attr="encoder") | ast.Name(id="encoder"),
                ):
                    found.add(file.relative_to(ROOT).as_posix())
    assert found == set(OWN_ENCODER)
