"""What holds for every format: checked before it counts, never over anything else."""

import errno
import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from core.cli.main import app
from core.data.manifest import Example, Manifest
from core.errors import RunError
from core.export.export import default_target
from core.images.export import write_timm
from core.images.export.examples import images_to_check
from core.images.export.formats import FORMATS
from core.images.export.writers import WRITERS
from core.run.folder import RunFolder
from core.system.stopping import Stopped
from tests.helpers.exports import process_lines
from tests.helpers.faces import export
from tests.helpers.worlds import TINY, World, new_run


@pytest.fixture
def wrong_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exports whose preprocessing is not the trained one."""
    right = write_timm.timm_config

    def config(subject: object) -> dict:
        values = right(subject)
        values["pretrained_cfg"]["mean"] = [0.1, 0.9, 0.5]
        return values

    monkeypatch.setattr(write_timm, "timm_config", config)


def test_that_a_wrong_mean_is_caught_and_nothing_is_left(
    run: RunFolder, tmp_path: Path, wrong_mean: None
) -> None:
    with pytest.raises(RunError, match="with probability") as caught:
        export(run, "timm", out=tmp_path / "deep" / "out")
    assert caught.value.id == "export-differs"
    assert ".png is " in caught.value.what
    assert list(tmp_path.iterdir()) == []


def test_that_a_broken_export_leaves_the_earlier_one_as_it_was(
    run: RunFolder, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    out = export(run, "timm", out=tmp_path / "out").folder
    before = {file.name: file.read_bytes() for file in out.iterdir()}
    request.getfixturevalue("wrong_mean")
    with pytest.raises(RunError):
        export(run, "timm", out=out)
    assert {file.name: file.read_bytes() for file in out.iterdir()} == before
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize(
    ("failure", "error_id"),
    [
        (RuntimeError("no such operator"), "export-not-converted"),
        (OSError(errno.ENOSPC, "No space left on device"), "export-not-writable"),
    ],
)
def test_that_a_failing_conversion_is_said_in_words_and_leaves_nothing(
    run: RunFolder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    failure: Exception,
    error_id: str,
) -> None:
    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setitem(WRITERS, "onnx", fail)
    with pytest.raises(RunError, match=failure.args[-1]) as caught:
        export(run, "onnx", out=tmp_path / "out")
    assert caught.value.id == error_id
    assert list(tmp_path.iterdir()) == []


def test_that_an_earlier_export_is_replaced(run: RunFolder, tmp_path: Path) -> None:
    out = export(run, "timm", arm="base", out=tmp_path / "out").folder
    (out / ".DS_Store").touch()
    export(run, "timm", arm="further", out=out)
    assert json.loads((out / "parity.json").read_text())["arm"] == "further"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("kind", ["a folder", "a file", "another format", "a note in an export"])
def test_that_what_is_no_earlier_export_is_not_touched(
    run: RunFolder, tmp_path: Path, kind: str
) -> None:
    out = tmp_path / "out"
    if kind == "a file":
        out.write_text("mine")
    else:
        out.mkdir()
        if kind != "a folder":
            noted = {"made_by": "redistill", "format": "timm", "files": []}
            noted["format"] = "onnx" if kind == "another format" else "timm"
            (out / "parity.json").write_text(json.dumps(noted))
        if kind != "another format":
            (out / "mine.txt").write_text("mine")
    with pytest.raises(RunError) as caught:
        export(run, "timm", out=out)
    assert caught.value.id == "export-target-foreign"
    assert out.read_text() == "mine" if kind == "a file" else any(out.iterdir())
    assert list(tmp_path.iterdir()) == [out]


def test_that_nothing_is_written_into_the_data(run: RunFolder, world: World) -> None:
    with pytest.raises(RunError) as caught:
        export(run, "timm", out=world.labeled / "export")
    assert caught.value.id == "export-inside-data"
    assert not (world.labeled / "export").exists()


@pytest.mark.parametrize(
    ("arguments", "error_id"),
    [
        ({"format_name": "keras"}, "export-format-unknown"),
        ({"format_name": "timm", "precision": "int8"}, "export-precision-unknown"),
        ({"format_name": "timm", "arm": "best"}, "arm-unknown"),
    ],
)
def test_that_what_does_not_exist_is_refused(
    run: RunFolder, tmp_path: Path, arguments: dict, error_id: str
) -> None:
    with pytest.raises(RunError) as caught:
        export(run, out=tmp_path / "out", **arguments)
    assert caught.value.id == error_id
    assert list(tmp_path.iterdir()) == []


def test_that_a_run_that_trained_nothing_has_nothing_to_export(
    run: RunFolder, world: World, tmp_path: Path
) -> None:
    fresh = new_run(world, tmp_path / "run")
    shutil.copy(run.manifest_file, fresh.manifest_file)
    for format_name, error_id in (
        ("timm", "export-no-classifier"),
        ("encoder", "export-no-encoder"),
    ):
        with pytest.raises(RunError) as caught:
            export(fresh, format_name)
        assert caught.value.id == error_id
    assert not fresh.exports.exists()


def test_that_no_export_asks_the_network(
    run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *place, **_: asked.append(place))
    monkeypatch.setattr(socket.socket, "connect", lambda _, place: asked.append(place))
    export(run, "timm", out=tmp_path / "out")
    assert asked == []


def manifest_of(folder: Path, *, split: str | None) -> Manifest:
    images = tuple(
        Example(file.name, 0, 1, 0, str(n), (9, 9), "", "a" if split else None, split)
        for n, file in enumerate(sorted(folder.iterdir()))
    )
    labeled = images if split else ()
    return Manifest((str(folder),), () if split else images, labeled, ("a",))


@pytest.mark.parametrize(
    ("split", "which"), [("test", "test"), ("train", "labeled"), (None, "unlabeled")]
)
def test_that_images_are_chosen_evenly_from_the_best_there_are(
    tmp_path: Path, split: str | None, which: str
) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    for number in range(70):
        Image.new("RGB", (9, 9), (number, 0, 0)).save(folder / f"{number:02d}.png")
    chosen = images_to_check(
        manifest_of(folder, split=split), TINY.preprocessing, tmp_path, lambda *_: None
    )
    assert (chosen.which, len(chosen.given)) == (which, 64)
    assert (chosen.names[0], chosen.names[-1]) == ("00.png", "69.png")


def test_that_deep_images_are_checked_as_8_bit_copies_and_lost_ones_left_out(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    deep = np.linspace(0, 60000, 81, dtype=np.uint16).reshape(9, 9)
    Image.fromarray(deep).save(folder / "deep.png")
    Image.new("RGB", (9, 9)).save(folder / "plain.png")
    manifest = manifest_of(folder, split="test")
    chosen = images_to_check(manifest, TINY.preprocessing, tmp_path, lambda *_: None)
    assert chosen.num_converted == 1
    assert Path(chosen.given[0]).parent == tmp_path
    assert chosen.given[1] == str(folder / "plain.png")
    for file in folder.iterdir():
        file.unlink()
    with pytest.raises(RunError, match="not there"):
        images_to_check(manifest, TINY.preprocessing, tmp_path, lambda *_: None)


def test_that_the_command_line_exports_into_the_run(run: RunFolder) -> None:
    result = CliRunner().invoke(app, ["export", str(run.path), "--format", "timm"])
    assert result.exit_code == 0, result.output
    assert "Checked on 12 test images" in result.output
    assert (default_target(run, "timm", "fp32") / "model.safetensors").is_file()
    assert default_target(run, "onnx", "int8") == run.path / "exports" / "onnx-int8"


def test_that_the_process_speaks_json_lines_only(run: RunFolder, tmp_path: Path) -> None:
    *progress, last = process_lines(str(run.path), "--format", "timm", "--out", str(tmp_path / "o"))
    assert {line["kind"] for line in progress} == {"progress"}
    assert {"what", "done", "total"} <= set(progress[0])
    assert last["kind"] == "done"
    assert Path(last["folder"]) == tmp_path / "o"
    assert last["parity"]["num_examples"] == 12


def test_that_a_stopped_export_leaves_nothing(run: RunFolder, tmp_path: Path) -> None:
    def report(what: str, done: int, total: int) -> None:
        if what == "Checking the export":
            raise Stopped

    with pytest.raises(Stopped):
        export(run, "timm", out=tmp_path / "deep" / "out", report=report)
    assert list(tmp_path.iterdir()) == []


def test_that_what_a_killed_export_left_is_cleared(run: RunFolder, tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (tmp_path / f".out.{gone.pid}-0123abcd.tmp").mkdir()
    (tmp_path / ".out.mine").mkdir()
    export(run, "timm", out=tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".out.mine", "out"]


def test_that_the_process_says_why_it_failed(tmp_path: Path) -> None:
    last = process_lines(str(tmp_path), "--format", "timm")[-1]
    assert (last["kind"], last["error_id"]) == ("failed", "run-not-found")
    assert last["what"]
    assert last["action"]


def test_that_the_list_of_formats_needs_no_torch() -> None:
    program = (
        "import sys, core.export.formats, core.processes.export; print('torch' in sys.modules)"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "False"
    assert [known.name for known in FORMATS] == ["encoder", "timm", "transformers", "onnx", "pt2"]
