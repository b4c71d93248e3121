"""The report of a run on text, and of one with several arms."""

import json
from pathlib import Path

import pytest

from core.report.report import report_page
from core.run.folder import RunFolder
from tests.core.report.test_report import Page, words
from tests.helpers.text_runs import texts_of_the_test, written_text_run

ARMS = ("base", "further", "distilled", "l2sp")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return written_text_run(tmp_path_factory.mktemp("texts"), ARMS)


def test_that_a_report_on_texts_shows_texts(run: RunFolder) -> None:
    page = Page(report_page([run.path]))
    shown = [text for text in texts_of_the_test(run).values() if words(text) in words(page.text)]
    assert shown
    assert page.tags.count("blockquote") >= len(shown)
    assert not page.images
    assert "12 test texts" in words(page.text)
    # The settings of images come after.
    before, _, _ = page.text.partition("Every setting")
    assert "image" not in before


def test_that_texts_that_are_gone_are_said(run: RunFolder) -> None:
    labeled = Path(str(run.recipe().data.labeled))
    moved = labeled.rename(labeled.with_name("elsewhere"))
    try:
        page = Page(report_page([run.path]))
    finally:
        moved.rename(labeled)
    assert "blockquote" not in page.tags
    assert "No text: No such file or directory" in page.text


def test_that_several_arms_are_corrected_for_their_number(run: RunFolder, tmp_path: Path) -> None:
    page = Page(report_page([run.path]))
    # One training each is no ground for a p-value.
    assert "Holm" not in page.text
    results = run.read_json("results.json")
    against = results["arms"]["further"]["against"]["base"]
    against |= {"p": 0.006, "p_holm": 0.012, "is_judged": True}
    (run.path / "results.json").write_text(json.dumps(results))
    page = Page(report_page([run.path]))
    assert "p (Holm)" in page.text
    assert f"{against['p_holm']:.3f}" in page.text
    alone = written_text_run(tmp_path, ("base", "further"))
    assert "Holm" not in Page(report_page([alone.path])).text
