"""Pushing an export to a hub that this test plays, by the command line and by the helper."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from core.export.push import files_of
from core.run.folder import RunFolder
from core.system import process_names
from tests.core.conftest import Export
from tests.core.hub.small_hub import SmallHub
from tests.helpers.trainers import ROOT

TOKEN = "hf_secret-of-the-user"
REPO = "me/fitted"


@pytest.fixture
def hub():
    with SmallHub() as hub:
        hub.owners[TOKEN] = "me"
        yield hub


@pytest.fixture
def surroundings(hub: SmallHub, tmp_path: Path) -> dict[str, str]:
    """A process that knows this hub only, and no token."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("HF_")},
        "HF_ENDPOINT": hub.address,
        "HF_HOME": str(tmp_path / "home"),
        # The store that large files go to otherwise is not played here.
        "HF_HUB_DISABLE_XET": "1",
    }


@contextmanager
def pushing(
    surroundings: dict[str, str], folder: Path, *arguments: str, token: str = TOKEN
) -> Iterator[tuple[IO[str], IO[str], IO[str]]]:
    """A helper process that was told the token: its standard input, output and error."""
    command = [sys.executable, "-m", process_names.PUSH, str(folder), *arguments]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=surroundings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(token + "\n")
        process.stdin.flush()
        yield process.stdin, process.stdout, process.stderr


def helper(
    surroundings: dict[str, str], folder: Path, *arguments: str, token: str = TOKEN
) -> list[dict]:
    """What the helper process says."""
    with pushing(surroundings, folder, *arguments, token=token) as (_, out, errors):
        lines = out.readlines()
        said = errors.read()
    assert not token or token not in "".join(lines) + said
    return [json.loads(line) for line in lines]


def test_that_the_whole_export_is_pushed_in_one_commit(
    exported: Export, hub: SmallHub, surroundings: dict[str, str]
) -> None:
    folder = exported("timm").folder
    *progress, last = helper(surroundings, folder, REPO, "--private")
    assert last == {"kind": "done", "address": f"{hub.address}/{REPO}"}
    assert {"Publishing", "Pushing model.safetensors"} <= {line["what"] for line in progress}
    assert progress[-1]["done"] == progress[-1]["total"] > 0
    pushed = {file: content for (repo, _, file), content in hub.files.items() if repo == REPO}
    assert pushed == {file.name: file.read_bytes() for file in files_of(folder)}
    assert "parity.json" in pushed
    assert sum("/commit/" in path for path in hub.asked) == 1
    assert hub.private == {REPO}
    assert hub.tokens == {TOKEN}
    # The token is nowhere on disk: not in the export, not in the home of the library.
    for place in (folder, Path(surroundings["HF_HOME"])):
        assert not any(
            TOKEN.encode() in file.read_bytes() for file in place.rglob("*") if file.is_file()
        )


@pytest.mark.parametrize(
    ("arguments", "token", "error_id"),
    [
        ((REPO,), "", "push-no-token"),
        ((REPO,), "hf_another", "push-token-refused"),
        (("somebody/fitted",), TOKEN, "push-no-rights"),
        (("no name",), TOKEN, "push-bad-name"),
        (("fitted",), TOKEN, "push-bad-name"),
        (("me/full",), TOKEN, "push-not-empty"),
    ],
)
def test_that_what_can_not_be_pushed_is_said_and_changes_nothing(
    arguments: tuple[str, ...],
    token: str,
    error_id: str,
    exported: Export,
    hub: SmallHub,
    surroundings: dict[str, str],
) -> None:
    hub.add("me/full", ".gitattributes", b"")
    hub.add("me/full", "model.bin", b"theirs")
    before = dict(hub.files)
    last = helper(surroundings, exported("timm").folder, *arguments, token=token)[-1]
    assert (last["kind"], last.get("error_id")) == ("failed", error_id)
    assert hub.files == before


def test_that_a_repository_with_files_is_pushed_into_when_forced(
    exported: Export, hub: SmallHub, surroundings: dict[str, str]
) -> None:
    hub.add(REPO, "config.json", b"old")
    hub.add(REPO, "notes.md", b"mine")
    last = helper(surroundings, exported("timm").folder, REPO, "--force")[-1]
    assert last["kind"] == "done"
    assert hub.files[REPO, "main", "config.json"] != b"old"
    assert hub.files[REPO, "main", "notes.md"] == b"mine"


def test_that_an_unreachable_hub_is_said(exported: Export, surroundings: dict[str, str]) -> None:
    nowhere = {**surroundings, "HF_ENDPOINT": "http://127.0.0.1:9"}
    last = helper(nowhere, exported("timm").folder, REPO)[-1]
    assert (last["kind"], last["error_id"]) == ("failed", "push-unreachable")
    last = helper({**surroundings, "HF_HUB_OFFLINE": "1"}, exported("timm").folder, REPO)[-1]
    assert (last["kind"], last["error_id"]) == ("failed", "push-unreachable")


def test_that_only_a_checked_export_is_pushed(
    tmp_path: Path, hub: SmallHub, surroundings: dict[str, str]
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("of the user")
    folder = tmp_path / "foreign"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"anything")
    (folder / "link").symlink_to(secret)
    for files in (None, ["../secret"], [str(secret)], ["link"]):
        if files is not None:
            noted = {"made_by": "redistill", "files": ["model.safetensors", *files]}
            (folder / "parity.json").write_text(json.dumps(noted))
        last = helper(surroundings, folder, REPO)[-1]
        assert (last["kind"], last["error_id"]) == ("failed", "push-not-checked")
    assert hub.asked == []


def test_that_a_push_ends_when_its_window_does(
    exported: Export, hub: SmallHub, surroundings: dict[str, str]
) -> None:
    hub.go.clear()
    with pushing(surroundings, exported("timm").folder, REPO) as (into, out, _):
        while "model.safetensors" not in out.readline():
            pass
        into.close()
        hub.go.set()
        last = json.loads(out.readlines()[-1])
    assert last["kind"] == "stopped"
    assert not hub.files


@pytest.mark.slow
def test_that_the_command_line_exports_and_pushes(
    run: RunFolder, tmp_path: Path, hub: SmallHub, surroundings: dict[str, str]
) -> None:
    secret = tmp_path / "token"
    secret.write_text(TOKEN + "\n")
    command = [sys.executable, "-m", "core.cli.main", "export", str(run.path), "--format", "timm"]
    command += ["--out", str(tmp_path / "out"), "--push", REPO]

    def said(*more: str, **variables: str) -> tuple[int, str]:
        done = subprocess.run(
            [*command, *more],
            cwd=ROOT,
            env={**surroundings, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    code, words = said()
    assert code != 0
    assert "No token was given" in words
    assert not (tmp_path / "out").exists()  # said before the work, not after
    code, words = said("--token-file", str(secret))
    assert code == 0, words
    assert f"Pushed: {hub.address}/{REPO}" in words
    assert TOKEN not in words
    assert (REPO, "main", "README.md") in hub.files
