"""The wheel holds one package, which other packages called `core` and `gui` don't disturb."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from core.system import process_names
from tests.helpers.worlds import World

ROOT = Path(__file__).resolve().parents[1]


def _one_package():
    file = ROOT / "resources" / "packaging" / "one_package.py"
    spec = importlib.util.spec_from_file_location("one_package", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


one_package = _one_package()
MODULES = {"core", "core.a", "core.a.b", "gui", "gui.pages"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from core.a import b\n", "from redistill.core.a import b\n"),
        ("from  gui import pages", "from  redistill.gui import pages"),
        ("def f():\n    from core.a import (\n        b)", None),
        ("import core.a as a, os", "import redistill.core.a as a, os"),
        ("import os, core.a.b as b", "import os, redistill.core.a.b as b"),
        ("é = 'core.a.b', \"core.a\"\n", "é = 'redistill.core.a.b', \"redistill.core.a\"\n"),
        ('f(x, r"core.a", "core", "score.a", "of core.a")', None),
        ("from corelib import a\nfrom cores.b import c", ""),
    ],
)
def test_that_names_of_ours_are_rewritten(source: str, expected: str | None) -> None:
    if expected is None:
        expected = source.replace("from core", "from redistill.core")
        expected = expected.replace('r"core.a"', 'r"redistill.core.a"')
    assert one_package.rewritten(source, MODULES) == (expected or source)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import core.a", "needs an `as`"),
        ("x = 1\ny = f'core.a.{x}'", "line 2: 'core.a.' is no module's whole name"),
        ("name.startswith('core.')", "'core.' is no module's whole name"),
        ("run('core.missing')", "no module's whole name"),
        ("run('core.'\n  'a')", "write 'core.a' in one piece"),
        ("from \\\n  core.a import b", "on one line"),
    ],
)
def test_that_what_cannot_be_rewritten_is_named(source: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        one_package.rewritten(source, MODULES)


def test_that_commands_begin_in_the_one_package() -> None:
    assert one_package.entry_point("core.cli.main:run") == "redistill.core.cli.main:run"
    assert one_package.entry_point("other.main:run") == "other.main:run"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package") / "redistill"
    one_package.write_package(ROOT, folder)
    return folder


def test_that_the_package_has_every_module_and_what_they_read(package: Path) -> None:
    files = {file.relative_to(package).as_posix() for file in package.rglob("*") if file.is_file()}
    ours = {
        file.relative_to(ROOT).as_posix()
        for name in ("core", "gui")
        for file in (ROOT / name).rglob("*.py")
    }
    assert ours <= files
    assert {"__init__.py", "resources/help/python.md", "resources/starter/model.json"} <= files
    assert not [name for name in files if "__pycache__" in name or "/packaging/" in name]
    assert (package / "core/api/runs.py").read_text().count("\n") == (
        ROOT / "core/api/runs.py"
    ).read_text().count("\n")
    names = (package / "core/system/process_names.py").read_text()
    assert f'"redistill.{process_names.TRAINER}"' in names
    assert f'"redistill.{process_names.WINDOW}"' in names


def _built(out: Path, kind: str) -> Path:
    """A wheel that uv builds, with what the user's own uv knows (indexes, a cache)."""
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not here")
    environment = dict(os.environ)
    if sys.platform != "win32":
        import pwd

        environment["HOME"] = pwd.getpwuid(os.getuid()).pw_dir
    command = [uv, "build", "--wheel", "--out-dir", str(out), str(ROOT)]
    if kind == "editable":
        # As `uv sync` does, but into a folder.
        command = [uv, "pip", "install", "--no-deps", "--target", str(out), "--editable", str(ROOT)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheel and foreign packages `core` and `gui`."""
    folder = tmp_path_factory.mktemp("environment")
    (wheel,) = _built(folder / "dist", "wheel").glob("*.whl")
    venv.create(folder / "venv", symlinks=sys.platform != "win32")
    own = {"base": str(folder / "venv"), "platbase": str(folder / "venv")}
    packages = Path(sysconfig.get_path("purelib", "venv", vars=own))
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(packages)
    # Of this environment only what was installed: its own `.pth` files, which lead to the
    # checkout, are not read.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    for name in ("core", "gui"):
        (packages / name).mkdir()
        (packages / name / "__init__.py").write_text('WHOSE = "foreign"\n')
    return Path(sysconfig.get_path("scripts", "venv", vars=own)) / Path(sys.executable).name


def _said(python: Path, *arguments: str, folder: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"REDISTILL_CACHE": str(folder / "cache"), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [str(python), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.mark.slow
def test_that_the_wheel_lives_beside_a_foreign_core(installed: Path, tmp_path: Path) -> None:
    code = "import redistill, core, gui; print(core.WHOSE, gui.WHOSE, redistill.__file__)"
    packages = next(line for line in _said(installed, "-c", code, folder=tmp_path).splitlines())
    assert packages.startswith("foreign foreign ")
    assert Path(packages.removeprefix("foreign foreign ")).parts[-2:] == (
        "redistill",
        "__init__.py",
    )
    points = next(installed.parents[1].rglob("redistill-*.dist-info/entry_points.txt")).read_text()
    assert "redistill = redistill.core.cli.main:run" in points
    assert "redistill-window = redistill.gui.program.app:main" in points
    assert "0.1" in _said(installed, "-m", "redistill.core.cli.main", "--version", folder=tmp_path)
    assert "starter" in _said(installed, "-m", "redistill.core.cli.main", "models", folder=tmp_path)


@pytest.mark.slow
def test_that_every_module_of_the_wheel_is_found_and_no_foreign_one(
    installed: Path, tmp_path: Path
) -> None:
    """The window with all its pages, whose names are made up while it runs."""
    code = """
import sys
from importlib import import_module
from redistill.gui.frame.places import PLACES
import redistill.gui.program.app
for place in PLACES:
    import_module(place.module).PAGE
assert "core" not in sys.modules and "gui" not in sys.modules
from importlib.util import find_spec
from redistill.core.system import process_names
names = [value for key, value in vars(process_names).items() if key.isupper()]
print([name for name in names if find_spec(name) is None])
"""
    assert _said(installed, "-c", code, folder=tmp_path) == "[]\n"


@pytest.mark.slow
def test_that_a_run_trains_beside_a_foreign_core(
    installed: Path, world: World, tmp_path: Path
) -> None:
    code = """
import sys
import core
import redistill
labeled, unlabeled, model = sys.argv[1:]
few = {"steps": 2, "batch_size": 4}
run = redistill.adapt(
    labeled=labeled, unlabeled=unlabeled, model=model, out="run",
    settings={
        "pretrain": few, "distill": few, "finetune": {**few, "warmup_steps": 1},
        "model": {"decoder_depth": 1, "decoder_dim": 16, "decoder_heads": 2,
                  "decoder_warmup_steps": 1},
        "probe": {"every": 2, "neighbours": 3}, "runtime": {"device": "cpu", "offline": True},
    },
)
print(run.state, len(run.predict(labeled + "/test")), core.WHOSE)
"""
    asked = map(str, (world.labeled, world.unlabeled, world.model))
    said = _said(installed, "-c", code, *asked, folder=tmp_path)
    assert said.splitlines()[-1] == "finished 12 foreign"
    main = ("-m", "redistill.core.cli.main")
    assert "finished" in _said(installed, *main, "status", "run", folder=tmp_path)


@pytest.mark.slow
def test_that_a_checkout_is_imported_as_redistill(tmp_path: Path) -> None:
    folder = _built(tmp_path / "packages", "editable")
    code = (
        f"import site; site.addsitedir({str(folder)!r}); import redistill, core.api; "
        "from redistill import __version__; print(redistill is core.api, redistill.__file__)"
    )
    # Without what is installed here, which may lead to another checkout.
    said = _said(Path(sys.executable), "-S", "-c", code, folder=tmp_path).split()
    assert said == ["True", str(ROOT / "core" / "api" / "__init__.py")]
