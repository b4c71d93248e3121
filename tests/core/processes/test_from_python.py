"""What the selftest asks in place of a script: a run by the API, in a helper process."""

import io

from core.processes.from_python import answer
from core.run.folder import RunFolder
from core.system.json_lines import MessageWriter
from tests.helpers.worlds import World


def test_that_it_answers_for_each_example(image_world: World, undisturbed: RunFolder) -> None:
    images = sorted((image_world.labeled / "test").rglob("*.png"))[:3]
    request = {"open": str(undisturbed.path), "examples": [str(image) for image in images]}
    found = answer(request, MessageWriter(io.StringIO()))
    assert found["state"] == "finished"
    assert found["verdict"]
    rows, width = found["shape"]
    assert rows == len(images)
    assert width > 1
    names = {folder.name for folder in (image_world.labeled / "test").iterdir()}
    assert {each["class"] for each in found["predicted"]} <= names
    assert len(found["predicted"]) == len(images)
    assert all(each["number"] is None for each in found["predicted"])
