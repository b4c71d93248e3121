"""Whole runs on text, through the same door as images."""

import json
from pathlib import Path

import pytest

from core.run.events import PreviewSaved
from core.run.folder import RunFolder
from tests.helpers.faces import predict
from tests.helpers.trainers import events_of, finished
from tests.helpers.worlds import World, new_run


@pytest.fixture(scope="module")
def undisturbed(text_world: World, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    run = new_run(text_world, tmp_path_factory.mktemp("runs") / "run")
    return finished(run, text_world.cache)


def test_that_a_run_on_text_compares_three_arms(undisturbed: RunFolder) -> None:
    results = undisturbed.read_json("results.json")
    assert set(results["arms"]) == {"base", "further", "distilled"}
    assert results["data"]["test_images"] == 12
    assert results["data"]["classes"] == ["fruit", "plant", "water"]
    for arm in results["arms"].values():
        assert 0 <= arm["macro_f1"] <= 1
        # One class per text.
        assert arm["micro_f1"] == arm["accuracy"]


def test_that_previews_of_text_show_hidden_words_and_guesses(undisturbed: RunFolder) -> None:
    files = {event.file for event in events_of(undisturbed, PreviewSaved)}
    assert files
    for file in files:
        shown = json.loads((undisturbed.path / file).read_text(encoding="utf-8"))
        assert any("[MASK]" in each["masked"] for each in shown)
        assert all(hidden["guesses"] for each in shown for hidden in each["hidden"])


def test_that_texts_are_classified_as_they_are_and_from_files(
    undisturbed: RunFolder, tmp_path: Path
) -> None:
    table = tmp_path / "new.jsonl"
    table.write_text('{"text": "the apple is green", "label": "?"}\nbroken\n', encoding="utf-8")
    link = "http://a.example//b/../the apple is green"
    found = list(predict(undisturbed, [table], texts=["the apple is green", link]))
    # A text is no path: as one, it would lose slashes.
    assert [each.name for each in found] == [
        f"{table}:1",
        f"{table}:2",
        "the apple is green",
    ]
    one, other = (dict(found[index].probabilities) for index in (0, 2))
    assert one == pytest.approx(other, abs=1e-6)
    assert found[1].problem
