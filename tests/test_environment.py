"""Tests say the same whatever their caller has exported."""

import ast
import os
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.helpers.environment import HOME, calm

ROOT = Path(__file__).parents[1]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
OURS = {"core", "gui", "tests", "resources"}
HOSTILE = {
    "HF_HUB_OFFLINE": "1",
    "HF_ENDPOINT": "http://127.0.0.1:9",
    "HF_HOME": "/proc/nowhere",
    "HF_TOKEN": "hf_of-the-caller",
    "TRANSFORMERS_OFFLINE": "1",
    "REDISTILL_CACHE": "/proc/nowhere",
    "REDISTILL_SETTINGS": "/proc/nowhere",
    "XDG_CACHE_HOME": "/proc/nowhere",
    "XDG_CONFIG_HOME": "/proc/nowhere",
    "LC_ALL": "de_DE.UTF-8",
    "HOME": "/proc/nowhere",
    "COLUMNS": "20",
    "FORCE_COLOR": "1",
    "TERM": "xterm-256color",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONWARNINGS": "ignore",
    "OMP_NUM_THREADS": "3",
    "OMP_WAIT_POLICY": "ACTIVE",
    "GOMP_SPINCOUNT": "7",
    "CUDA_VISIBLE_DEVICES": "7",
    "http_proxy": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "QT_QPA_PLATFORM": "no-such-platform",
    "RANK": "1",
}
SENSITIVE = (
    "tests/core/hub/test_weights_file.py",
    "tests/core/images/model/test_sources.py",
    "tests/core/cli/test_commands.py",
    "tests/core/training/test_waiting.py",
    "tests/core/doctor",
    "tests/gui/state/test_settings.py",
    "tests/gui/words",
)
CHOOSES_THE_MACHINE = {"CUDA_VISIBLE_DEVICES"}


def test_that_only_what_chooses_the_machine_is_kept(tmp_path: Path) -> None:
    plain = {"PATH": "/bin", "TMPDIR": str(tmp_path)}
    assert calm(plain | HOSTILE, "/home").items() - calm(plain, "/home").items() == {
        (name, HOSTILE[name]) for name in CHOOSES_THE_MACHINE
    }
    assert plain.items() <= calm(plain, "/home").items()


def test_that_the_home_of_the_tests_is_not_the_users() -> None:
    assert Path.home() == Path(os.environ[HOME])
    assert os.access(Path.home(), os.W_OK)


def test_that_importing_the_tests_changes_no_environment(collection_added: set[str]) -> None:
    # Else each process of the tests has its own, and only one is served by the warm server.
    assert not collection_added


@pytest.mark.slow
def test_that_sensitive_tests_pass_under_a_hostile_environment() -> None:
    environment = {name: value for name, value in os.environ.items() if name != HOME} | HOSTILE
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", "-q", "-p", "no:cacheprovider", *SENSITIVE],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_that_everything_imported_is_declared() -> None:
    """What only this machine happens to hold is missing on the next one."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    wanted = [*project["project"]["dependencies"], *groups["dev"], *groups["package"]]
    declared = {canonicalize_name(Requirement(line).name) for line in wanted}
    distributions = packages_distributions()
    undeclared = {}
    for path in [*(ROOT / "core").rglob("*.py"), *(ROOT / "gui").rglob("*.py"), *TESTS]:
        for name in _imported(path) - sys.stdlib_module_names - OURS:
            brought_by = {canonicalize_name(found) for found in distributions.get(name, ())}
            if not brought_by & declared:
                undeclared[name] = path.relative_to(ROOT).as_posix()
    assert undeclared == {}


def _imported(path: Path) -> set[str]:
    """The top-level names that a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names
