"""What is said where classes have fewer labels than were asked for."""

import pytest

from core.images.data.scan import scan
from core.stages.labels import fewer_than_asked
from tests.core.images.data.pictures import put


@pytest.mark.parametrize(
    ("most", "said"),
    [
        (None, ""),
        (2, ""),
        (4, "1 of 2 classes have fewer than the 4 labeled training images of"),
        (500, "(cat 2, dog 5): all of theirs are used."),
    ],
)
def test_that_more_labels_than_there_are_is_said(tmp_path, most, said):
    for name, count in (("cat", 2), ("dog", 5)):
        for number in range(count):
            put(tmp_path / f"train/{name}/{number}.png", 10 * count + number)
        put(tmp_path / f"test/{name}/{number}.png", 100 + count)
    words = fewer_than_asked(scan([], tmp_path), most)
    assert said in words
    assert bool(words) == bool(said)
