"""What all tests share: a small world to train in, and trainers that start fast."""

import pytest

from core.run_folder import RunFolder
from tests.helpers.trainers import finished, start_fork_server
from tests.helpers.worlds import World, build_world, new_run


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Pictures and tiny models; never written to."""
    start_fork_server()
    return build_world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="session")
def undisturbed(world: World, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """The tiny run with two rounds, from start to end; what disturbed ones are compared with."""
    run = new_run(world, tmp_path_factory.mktemp("undisturbed") / "run", distill__rounds=2)
    return finished(run, world.cache)
