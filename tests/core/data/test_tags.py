"""Several labels of one example: as one string, held out, and written down."""

from collections import Counter
from pathlib import Path

import pytest

from core.data.hold_out_tags import hold_out_tags
from core.data.labels import Labels
from core.data.manifest import Example, Manifest
from core.data.manifest_file import read_manifest, write_manifest
from core.data.tags import NO_TAGS, join_tags, split_tags
from core.recipe.tasks import MULTI
from tests.helpers.several_labels import drawn_labels


@pytest.mark.parametrize(
    "names",
    [(), ("a",), ("a", "b c"), ("a | b", "c\\"), ("|",), (NO_TAGS,), (NO_TAGS, "a"), ("\\", "x")],
)
def test_that_joined_labels_come_apart_again(names: tuple[str, ...]) -> None:
    assert split_tags(join_tags(names)) == tuple(sorted(names))


def test_that_labels_are_shown_in_their_order_each_once() -> None:
    assert join_tags(["dog", "cat", "dog"]) == "cat | dog"
    assert join_tags([]) == "(none)"


def test_that_a_manifest_keeps_its_task_and_counts_each_label(tmp_path: Path) -> None:
    labels = ("cat | dog", "cat", NO_TAGS)
    examples = tuple(
        Example(f"{n}.png", 0, 1, 1, f"{n}", (8, 8), "", label, "train")
        for n, label in enumerate(labels)
    )
    manifest = Manifest(("/data",), (), examples, ("cat", "dog"), task_name=MULTI)
    write_manifest(manifest, tmp_path / "manifest.jsonl")
    # What does not know several labels would take each combination for a class.
    assert '"format":3' in (tmp_path / "manifest.jsonl").read_text()
    again = read_manifest(tmp_path / "manifest.jsonl")
    assert again.task.is_multi
    assert {name: each["train"] for name, each in again.class_counts().items()} == {
        "cat": 2,
        "dog": 1,
    }


def test_that_of_each_label_its_share_is_held_out() -> None:
    tags = {f"{n}": tuple(own) for n, own in enumerate(drawn_labels(200))}
    held = hold_out_tags(tags, Counter(list(tags)), 0.25, "0/test")
    total, out = Counter[str](), Counter[str]()
    for name, own in tags.items():
        total.update(own)
        out.update(own if name in held else ())
    assert len(held) == pytest.approx(50, abs=4)
    for tag, number in total.items():
        assert out[tag] == pytest.approx(0.25 * number, abs=2)
    # Names and salt decide, not the order.
    turned = dict(reversed(tags.items()))
    assert hold_out_tags(turned, Counter(list(tags)), 0.25, "0/test") == held


def test_that_a_label_of_two_is_on_both_sides_and_one_of_one_is_trained() -> None:
    tags = {"a": ("rare",), "b": ("rare",), "c": ("single", "much")}
    tags |= {f"{n}": ("much",) for n in range(20)}
    held = hold_out_tags(tags, Counter(list(tags)), 0.2, "0/test")
    assert len(held & {"a", "b"}) == 1
    assert "c" not in held


def test_that_cells_of_few_parts_that_recur_hold_several_labels() -> None:
    cells = ["a;b;c", "b;c;a", "a;c", "c;b", "b;a", "c;a"]
    assert Labels(cells).of("a;c") == ("a", "c")
    # Names with a semicolon of their own don't.
    names = [f"tench; Tinca {n}" for n in range(8)]
    assert Labels(names).of(names[0]) == (names[0],)


def test_that_the_recipe_decides_where_a_cell_may_be_read_both_ways() -> None:
    cells = ["cat, dog", "dog, bird", "cat, bird"]
    assert Labels(cells).of("cat, dog") == ("cat, dog",)
    assert Labels(cells, "multi-label").of("cat, dog") == ("cat", "dog")
    assert Labels(["cat|dog", "cat", "dog"], "single-label").of("cat|dog") == ("cat|dog",)
