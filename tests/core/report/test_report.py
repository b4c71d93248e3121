"""The report of real runs, as a browser would read it."""

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from core.cli.main import app
from core.errors import RunError
from core.readers.judgement import PRETRAINED_ONCE
from core.readers.outcome import read_outcome
from core.recipe import Recipe
from core.report.cost import cost_of
from core.report.facts import gather
from core.report.report import report_page, write_report
from core.report.settings import settings_of
from core.run.events import StepDone
from core.run.folder import RunFolder
from tests.helpers.trainers import events_of, finished
from tests.helpers.worlds import World, draw_pictures, new_run

SCRIPT = "<script>alert(1)</script>"
_VOID = {"meta", "img", "br", "link", "input", "hr"}


class Page(HTMLParser):
    """Reads a page; a tag that is closed wrongly fails."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"src", "href"}]
        if tag == "img":
            self.images.append(dict(attrs))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def mistaken(world: World, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run with classes that nobody can tell apart, one of which is called like a tag."""
    folder = tmp_path_factory.mktemp("mistaken")
    rows = ["path,label,split"]
    for number, label in enumerate((SCRIPT, "a & b")):
        for split in ("train", "test"):
            draw_pictures(folder / f"{number}{split}", 5, seed=60 + 7 * number + len(split))
            rows += [f"{number}{split}/blue-{i:02d}.png,{label},{split}" for i in range(5)]
    (folder / "table.csv").write_text("\n".join(rows), encoding="utf-8")
    data = {"unlabeled": [str(world.unlabeled)], "labeled": str(folder / "table.csv")}
    run = new_run(world, folder / "run", data=data, distill__rounds=0)
    return finished(run, world.cache)


def test_that_a_report_has_the_answer_every_arm_and_every_setting(undisturbed: RunFolder) -> None:
    page = Page(report_page([undisturbed.path]))
    outcome = read_outcome(undisturbed)
    assert words(outcome.verdict) in words(page.text)
    assert words(page.text).count(words(PRETRAINED_ONCE)) == 1
    # One training each: numbers, and no word on what they mean.
    for word in (
        "No gain",
        "A loss",
        "clearly",
        "may be chance",
        "beyond chance",
        "points better",
        "points worse",
    ):
        assert word not in page.text
    for words_of_arm in ("base (fine-tuning alone)", "further pre-training", "self-distillation"):
        assert words_of_arm in page.text
    keys = [
        f"{section}.{key}"
        for section, values in Recipe().model_dump().items()
        if isinstance(values, dict)
        for key in values
    ]
    assert len(keys) > 50
    assert [key for key in keys if key not in page.text] == []
    assert "not measured" in page.text
    assert re.search(r"stages/01-further-pretrain/encoder\.safetensors\s*[0-9a-f]{64}", page.text)


def test_that_a_report_needs_no_network_and_no_script(undisturbed: RunFolder) -> None:
    text = report_page([undisturbed.path])
    page = Page(text)
    assert "script" not in page.tags
    assert all(link.startswith(("data:", "#")) for link in page.links)
    assert not re.search(r"url\(|@import", text)
    assert page.tags.count("caption") == page.tags.count("table") > 5
    assert page.tags.count("svg") == page.tags.count("title") - 1 > 5


def test_that_changed_settings_are_marked_and_the_papers_named(undisturbed: RunFolder) -> None:
    settings = {
        each.key: each for part in settings_of(undisturbed.recipe()).values() for each in part
    }
    steps = settings["pretrain.steps"]
    assert (steps.value, steps.default, steps.paper, steps.is_changed) == (
        "6",
        "20,000",
        "20,000",
        True,
    )
    assert settings["finetune.num_seeds"].paper == "5"
    assert not settings["distill.weight"].is_changed
    assert settings["distill.weight"].paper == "1"


def test_that_names_are_text_and_mistakes_have_small_pictures(mistaken: RunFolder) -> None:
    page = Page(report_page([mistaken.path]))
    assert "script" not in page.tags
    assert SCRIPT in page.text
    assert page.images
    for image in page.images:
        assert (image["src"] or "").startswith("data:image/jpeg;base64,")
        assert (image["alt"] or "").startswith("Test image ")


def test_that_a_picture_that_is_gone_is_said(
    mistaken: RunFolder, world: World, tmp_path: Path
) -> None:
    labeled = Path(str(mistaken.recipe().data.labeled)).parent
    shutil.copytree(mistaken.path, tmp_path / "run")
    before = len(Page(report_page([tmp_path / "run"])).images)
    moved = labeled.rename(labeled.with_name("elsewhere"))
    try:
        page = Page(report_page([tmp_path / "run"]))
    finally:
        moved.rename(labeled)
    assert before > 0
    assert not page.images
    assert page.text.count("not there") == before


def test_that_a_run_without_labels_and_one_not_started_have_reports(
    world: World, tmp_path: Path
) -> None:
    data = {"unlabeled": [str(world.unlabeled)]}
    unlabeled = finished(new_run(world, tmp_path / "unlabeled", data=data), world.cache)
    fresh = new_run(world, tmp_path / "fresh")
    page = Page(report_page([unlabeled.path, fresh.path]))
    assert words(read_outcome(unlabeled).verdict) in words(page.text)
    assert "This run is not finished" in page.text
    assert {"#run-1", "#run-2"} <= set(page.links)


def test_that_damaged_results_are_said_and_the_rest_is_there(
    undisturbed: RunFolder, tmp_path: Path
) -> None:
    shutil.copytree(undisturbed.path, tmp_path / "run")
    (tmp_path / "run" / "results.json").write_text("{", encoding="utf-8")
    (tmp_path / "run" / "manifest.jsonl").unlink()
    page = Page(report_page([tmp_path / "run"]))
    assert "results.json" in page.text
    assert "The results of this run can't be read" in words(page.text)
    assert "Learning curves" in page.text


def test_that_no_run_and_no_place_to_write_are_refused_in_words(
    undisturbed: RunFolder, world: World, tmp_path: Path
) -> None:
    for run, out, error_id in (
        (tmp_path, tmp_path / "report.html", "run-not-found"),
        (undisturbed.path, tmp_path / "nowhere" / "report.html", "report-not-writable"),
        (undisturbed.path, world.unlabeled / "report.html", "report-inside-data"),
    ):
        with pytest.raises(RunError) as caught:
            write_report([run], out)
        assert caught.value.id == error_id
        assert not out.exists()


def test_that_time_memory_and_energy_are_told(undisturbed: RunFolder, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    shutil.copytree(undisturbed.path, run.path)
    (run.path / "energy.json").write_text('{"joules": 1800000, "trainers": 1}', encoding="utf-8")
    cost = cost_of(run)
    events = events_of(run)
    # Between trainers nobody works; in this run there was one from the first event to the last.
    assert cost.seconds == pytest.approx(events[-1].time - events[0].time)
    assert {stage.name for stage in cost.stages} >= {
        each.name for each in run.path.glob("stages/*")
    }
    steps = events_of(run, StepDone)
    assert cost.peak_gib == max(step.memory_gib for step in steps) > 0
    assert (cost.kilowatt_hours, cost.is_part) == (0.5, False)
    assert "0.5000 kWh" in Page(report_page([run.path])).text


def test_that_the_command_writes_the_report(undisturbed: RunFolder, tmp_path: Path) -> None:
    out = tmp_path / "my report.html"
    done = CliRunner().invoke(app, ["report", str(undisturbed.path), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert Page(out.read_text(encoding="utf-8")).tags.count("h1") == 1
    assert [each.name for each in tmp_path.iterdir()] == ["my report.html"]


def test_that_thumbnails_carry_nothing_but_pixels(tmp_path: Path) -> None:
    import base64
    import io

    from core.images.data.modality import DATA
    from core.report.mistakes import _data_uri

    image = Image.new("RGB", (800, 400), "red")
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    image.save(tmp_path / "large.jpg", exif=exif)
    assert b"secret place" in (tmp_path / "large.jpg").read_bytes()
    picture = DATA.picture(tmp_path / "large.jpg", 160)
    data = base64.b64decode(_data_uri(picture).partition(",")[2])
    small = Image.open(io.BytesIO(data))
    assert max(small.size) == 160
    assert not small.getexif()
    assert b"secret" not in data


def test_that_what_a_run_decided_of_its_fine_tuning_is_told(
    undisturbed: RunFolder, tmp_path: Path
) -> None:
    run = RunFolder.open(shutil.copytree(undisturbed.path, tmp_path / "run"))
    searched = run.stages / "09-search-base"
    searched.mkdir()
    words = "base is fine-tuned with learning rate 0.0003 and 150 steps: 6 trials."
    (searched / "summary.json").write_text(json.dumps({"words": words, "lr": 3e-4}))
    why = "Fine-tuning flips no images: <b> turns into <d>."
    (run.path / "flips.json").write_text(json.dumps({"flips": False, "why": why}))
    assert gather(run.path).decisions == [words, why]
    report = report_page([run.path])
    assert "Base is fine-tuned with learning rate 0.0003" in report
    assert "&lt;b&gt; turns into" in report
