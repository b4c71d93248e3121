"""What all tests share: small worlds to train in, and trainers that start fast."""
# ruff: noqa: E402  (the environment comes before anything of ours, and what reads it when imported)

import os

from tests.helpers.environment import LANGUAGE, calm_this_process

calm_this_process()

from core.language import use
from core.language.choice import ENGLISH
from core.system.resources import RESOURCES

use(os.environ.get(LANGUAGE, ENGLISH), RESOURCES / "languages")

import compileall
import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.run.folder import RunFolder
from core.system.warm import VARIABLE
from tests.helpers.cost import Costs
from tests.helpers.once import once
from tests.helpers.trainers import ROOT, finished, start_fork_server
from tests.helpers.warm import back_to_usual, end_servers, remember_environment
from tests.helpers.worlds import UNTUNED, World, build_world, new_run

# What importing all tests has put into the environment.
added_by_collection: set[str] = set()
# A module's tests stay in one process: begun last, the longest would leave the others idle.
_LONGEST_FIRST = (
    "core/devices/test_pipeline.py",
    "core/devices/test_waits.py",
    "core/devices/test_memory.py",
    "core/processes/test_trainer_requests.py",
    "gui/test_story.py",
    "core/processes/test_trainer_kills.py",
    "core/text/model/test_masked_lm.py",
    "gui/pages/model/test_page.py",
    "core/processes/test_trainer_memory.py",
    "core/processes/test_trainer_damage.py",
    "core/stages/test_method.py",
    "core/text/export/test_writers.py",
    "core/processes/test_trainer_disk_full.py",
    "gui/state/test_watcher.py",
    "gui/pages/data/test_page.py",
    "core/processes/test_trainer_apart.py",
    "core/processes/test_trainer_distributed.py",
    "gui/pages/compare/test_page.py",
    "core/export/test_push.py",
    "gui/pages/test_text_run.py",
    "core/export/test_every_arm.py",
    "core/test_third_modality.py",
    "gui/pages/plan/test_texts.py",
    "core/system/test_warm.py",
    "core/images/export/test_write_onnx.py",
    "core/processes/test_trainer_not_finite.py",
    "core/export/test_export.py",
    "core/demo/test_texts.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let it be asked what tests cost."""
    parser.addoption("--cost", type=int, default=0, metavar="N", help="list the N dearest tests")


def pytest_configure(config: pytest.Config) -> None:
    """Compile our own modules once; where Python writes no bytecode, each process would do it.

    There are more than a hundred, and it takes each of them a second. Of the tests themselves,
    whose assertions pytest rewrites, it would take each of its processes ten.
    """
    config.pluginmanager.register(Costs(config.getoption("--cost")))
    if sys.dont_write_bytecode and not hasattr(config, "workerinput"):
        for package in ("core", "gui"):
            compileall.compile_dir(ROOT / package, quiet=2)
    sys.dont_write_bytecode = False


def pytest_sessionstart() -> None:
    """Collect no garbage before the tests: what is imported and collected is here for good."""
    gc.disable()
    remember_environment()


def pytest_collection_finish() -> None:
    """Let no later collection look at all that again."""
    gc.collect()
    gc.freeze()
    gc.enable()
    added_by_collection.update(back_to_usual())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the modules that take longest."""
    places = {Path(__file__).parent / name: place for place, name in enumerate(_LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


def pytest_sessionfinish() -> None:
    """Leave no process behind."""
    end_servers()


@pytest.fixture(scope="module", autouse=True)
def own_environment_of_module() -> Iterator[None]:
    """What fixtures of a module, or of the session, add to the environment ends with the module.

    A warm server serves nobody in another environment: one variable that stays would have every
    later process of this worker load torch anew.
    """
    back_to_usual()
    yield
    back_to_usual()


@pytest.fixture(scope="module", autouse=True)
def own_accelerate_state() -> Iterator[None]:
    """A precision chosen in one module's process must not bind the next module's."""
    yield
    state = sys.modules.get("accelerate.state")
    if state is not None:
        state.AcceleratorState._reset_state(reset_partial_state=True)


@pytest.fixture(autouse=True)
def own_environment() -> Iterator[None]:
    """What a test, or a library that it uses, adds to the environment ends with it."""
    before = dict(os.environ)
    yield
    now = dict(os.environ)
    if now != before:
        kept = {VARIABLE: now[VARIABLE]} if VARIABLE in now else {}
        os.environ.clear()
        os.environ.update(before | kept)


@pytest.fixture(scope="session")
def collection_added() -> set[str]:
    """The variables that importing all tests has put into the environment."""
    return added_by_collection


@pytest.fixture
def warm() -> None:
    """Processes of ours start from one that has torch loaded, where that is possible."""
    from tests.helpers.warm import have_warm

    have_warm()


@pytest.fixture(scope="session")
def image_world() -> World:
    """Pictures and tiny models; never written to."""

    def make(folder: Path) -> World:
        start_fork_server()  # while they are made: a run of them is what comes next
        return build_world(folder)

    return once("image-world", make)


@pytest.fixture(scope="session")
def text_world() -> World:
    """Texts and a tiny model; never written to."""
    from tests.helpers.text_worlds import build_text_world

    start_fork_server()
    return once("text-world", build_text_world)


@pytest.fixture(scope="session")
def world(request: pytest.FixtureRequest) -> World:
    """Of pictures, unless a test asks for both kinds (`tests.helpers.worlds.in_both_worlds`)."""
    is_text = getattr(request, "param", "images") == "text"
    found: World = request.getfixturevalue("text_world" if is_text else "image_world")
    return found


@pytest.fixture(scope="session")
def undisturbed(world: World) -> RunFolder:
    """The tiny run with two rounds, from start to end; what disturbed ones are compared with."""

    def make(folder: Path) -> Path:
        return finished(new_run(world, folder / "run", distill__rounds=2), world.cache).path

    return RunFolder(once(f"undisturbed-{world.kind}", make))


@pytest.fixture(scope="session")
def untuned(world: World) -> RunFolder:
    """That run without fine-tuning, which is most of its cost: for what befalls earlier stages."""

    def make(folder: Path) -> Path:
        return finished(new_run(world, folder / "run", **UNTUNED), world.cache).path

    return RunFolder(once(f"untuned-{world.kind}", make))
