"""The packaged application, away from its sources (slow; see resources/packaging/README.md)."""

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name
from PIL import Image

from tests.helpers.screen import screen
from tests.helpers.text_worlds import ARCHITECTURES, save_tiny_masked_lm, write_texts

ROOT = Path(__file__).resolve().parents[1]
# A folder that was built before: building takes minutes.
BUILT = "REDISTILL_PACKAGED"
# Where the picture of its window is kept, to be looked at.
KEPT_PICTURE = "REDISTILL_PICTURE"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The application in a folder with spaces and umlauts, with nothing else of ours in sight."""
    built = Path(os.environ[BUILT]) if BUILT in os.environ else _build(tmp_path_factory)
    place = tmp_path_factory.mktemp("Mein Gerät, für Übungen") / "Redistill App"
    shutil.copytree(built, place, symlinks=True)
    return place


def _build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if importlib.util.find_spec("PyInstaller") is None:
        pytest.skip("PyInstaller is not installed: uv sync --group package")
    out = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm"]
    command += ["--distpath", str(out), "--workpath", str(out / "work"), str(ROOT / "build.spec")]
    subprocess.run(command, check=True, cwd=ROOT)
    return out / "redistill"


def program(packaged: Path) -> str:
    """The executable that has standard streams."""
    names = ("redistill-cli.exe", "redistill-cli", "redistill")
    return str(next(packaged / name for name in names if (packaged / name).exists()))


def bare_environment(home: Path) -> dict[str, str]:
    """An environment that knows neither sources nor Python, nor what its user did before."""
    kept = ["LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "TEMP", "USERPROFILE", "DISPLAY"]
    kept.append("OMP_NUM_THREADS")
    environment = {key: os.environ[key] for key in kept if key in os.environ}
    return environment | {
        "PATH": "/usr/bin:/bin",
        "QT_QPA_PLATFORM": "offscreen",
        "HOME": str(home),
        "REDISTILL_SETTINGS": str(home / "window.ini"),
        "REDISTILL_CACHE": str(home / "cache"),
    }


def run(packaged: Path, *arguments: str, timeout: float = 1500) -> subprocess.CompletedProcess[str]:
    """Run the program, away from everything."""
    return subprocess.run(
        [program(packaged), *arguments],
        env=bare_environment(packaged.parent),
        cwd=packaged.parent,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=timeout,
        check=False,
    )


@pytest.mark.timeout(3000)
def test_that_every_part_of_it_works(packaged: Path) -> None:
    done = run(packaged, "--selftest")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "selftest: passed"


@pytest.mark.timeout(3000)
def test_that_the_command_line_is_inside_and_speaks_in_words(packaged: Path) -> None:
    assert "redistill 0." in run(packaged, "--version").stdout
    wrong = run(packaged, "scan", str(packaged.parent / "no such folder"))
    assert wrong.returncode == 2
    assert "does not exist" in wrong.stderr
    assert "Traceback" not in wrong.stderr


def test_that_no_sources_and_no_developers_tools_are_inside(packaged: Path) -> None:
    inside = packaged / "_internal"
    assert not list(inside.glob("core/**/*.py"))
    assert not (inside / "pytest").exists()
    assert not (inside / "torch" / "test").exists()
    assert (inside / "resources" / "starter" / "encoder.safetensors").exists()
    assert (inside / "resources" / "help" / "data.md").exists()


def test_that_the_bill_of_materials_names_what_is_inside(packaged: Path) -> None:
    inside = packaged / "_internal"
    bill = json.loads((inside / "sbom.cdx.json").read_text(encoding="utf-8"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    named = {each["name"] for each in bill["components"]}
    said = {each.name.partition("-")[0] for each in inside.glob("*.dist-info")}
    assert {canonicalize_name(each) for each in said} <= named
    licences = (inside / "licences.txt").read_text(encoding="utf-8")
    begun = {canonicalize_name(line.split()[0]) for line in licences.splitlines() if line.split()}
    assert {canonicalize_name(name) for name in named} <= begun


@pytest.mark.skipif(sys.platform == "win32", reason="descriptors are closed otherwise there")
def test_that_it_needs_no_standard_streams(packaged: Path) -> None:
    command = [program(packaged), "scan", str(packaged.parent / "no such folder")]
    streamless = ["/bin/sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"]
    environment = bare_environment(packaged.parent)
    assert subprocess.run([*streamless, *command], env=environment, check=False).returncode == 2


@pytest.mark.timeout(600)
@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="needs Xvfb")
def test_that_its_window_comes_up_on_a_screen_and_closes(packaged: Path, tmp_path: Path) -> None:
    with screen(tmp_path) as shown, (tmp_path / "said.txt").open("wb") as said:
        environment = bare_environment(tmp_path)
        environment |= {"DISPLAY": shown.display, "QT_QPA_PLATFORM": "xcb"}
        command = [str(packaged / "redistill")]
        with subprocess.Popen(command, env=environment, stdout=said, stderr=said) as process:
            shown.wait_for_window(process, 120)
            picture = Image.fromarray(shown.pixels())
            process.send_signal(signal.SIGINT)
            code = process.wait(60)
    if KEPT_PICTURE in os.environ:
        picture.save(os.environ[KEPT_PICTURE])
    assert len(picture.getcolors(2**24) or []) > 50
    assert (code, (tmp_path / "said.txt").read_text(encoding="utf-8")) == (0, "")


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("family", list(ARCHITECTURES))
def test_that_every_family_of_models_for_texts_is_inside(
    packaged: Path, tmp_path: Path, family: str
) -> None:
    model = save_tiny_masked_lm(tmp_path / "model", family)
    _, labeled = write_texts(tmp_path / "texts")
    steps = [f"{stage}.steps=2" for stage in ("pretrain", "distill", "finetune")]
    few = [*steps, "finetune.warmup_steps=0", "pretrain.batch_size=4", "distill.batch_size=4"]
    more = [word for setting in few for word in ("--set", setting)]
    folders = ["--labeled", str(labeled), "--model", str(model), "--out", str(tmp_path / "run")]
    done = run(packaged, "run", *folders, *more)
    assert done.returncode == 0, done.stdout + done.stderr
    said = run(packaged, "predict", str(tmp_path / "run"), "--text", "the sea is green", "--json")
    assert said.returncode == 0, said.stdout + said.stderr
    assert "water" in said.stdout
