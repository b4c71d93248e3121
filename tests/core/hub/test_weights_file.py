"""A download that was ended goes on where it was, and what arrives is what the hub lists."""

import json
import time
from pathlib import Path

import pytest
from huggingface_hub import constants

from core.errors import RunError
from core.hub import hub, weights_file
from core.images.model.hub import HUB
from core.processes import download_model as download_helper
from core.system.json_lines import MessageWriter
from core.system.stopping import Stopped
from tests.core.hub.small_hub import SmallHub
from tests.core.images.model.test_sources import point_at, put_on_hub

WEIGHTS = bytes(range(256)) * 40_000
REPO = "someone/vit"
KEPT = len(WEIGHTS) // 2


@pytest.fixture
def small_hub(tmp_path, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    with SmallHub() as found:
        point_at(monkeypatch, found.address)
        found.add(REPO, "model.safetensors", WEIGHTS)
        yield found


def stopping_at(share):
    def report(what, done, total):
        if what.startswith("Downloading") and total and done >= share * total:
            raise Stopped

    return report


def kept_parts(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "cache").glob("*/blobs/*.part"))


def test_that_a_stopped_download_goes_on_where_it_was(small_hub, tmp_path):
    with pytest.raises(Stopped):
        hub.fetch_weights(REPO, offline=False, report=stopping_at(0.4))
    kept = weights_file.bytes_kept(REPO)
    assert 0 < kept < len(WEIGHTS)
    assert not hub.is_in_cache(REPO)
    told = []
    path = hub.fetch_weights(REPO, offline=False, report=lambda *now: told.append(now))
    assert small_hub.ranges == [kept]
    assert path.read_bytes() == WEIGHTS
    assert told[0][1] >= kept
    assert told[-1] == (f"Checking {REPO}", len(WEIGHTS), len(WEIGHTS))
    assert kept_parts(tmp_path) == []
    assert hub.fetch_weights(REPO, offline=True) == path


def test_that_a_cut_off_download_goes_on_in_the_next_try(small_hub):
    small_hub.cut_off = True
    with pytest.raises(RunError) as caught:
        hub.fetch_weights(REPO, offline=False)
    assert caught.value.id == "hub-unreachable"
    kept = weights_file.bytes_kept(REPO)
    # Whole chunks only.
    assert KEPT - 2**20 < kept <= KEPT
    small_hub.cut_off = False
    assert hub.fetch_weights(REPO, offline=False).read_bytes() == WEIGHTS
    assert set(small_hub.ranges) == {kept}


def test_that_a_server_without_ranges_starts_over(small_hub):
    small_hub.cut_off = True
    with pytest.raises(RunError):
        hub.fetch_weights(REPO, offline=False)
    small_hub.cut_off, small_hub.knows_ranges = False, False
    assert hub.fetch_weights(REPO, offline=False).read_bytes() == WEIGHTS


def test_that_what_arrives_changed_is_refused_and_not_kept(small_hub, tmp_path):
    small_hub.corrupt = True
    with pytest.raises(RunError) as caught:
        hub.fetch_weights(REPO, offline=False)
    assert caught.value.id == "download-wrong"
    assert "checksum" in caught.value.what
    assert kept_parts(tmp_path) == []
    assert not hub.is_in_cache(REPO)
    small_hub.corrupt = False
    assert hub.fetch_weights(REPO, offline=False).read_bytes() == WEIGHTS


def test_that_a_damaged_beginning_is_found_out(small_hub, tmp_path):
    small_hub.cut_off = True
    with pytest.raises(RunError):
        hub.fetch_weights(REPO, offline=False)
    small_hub.cut_off = False
    [part] = kept_parts(tmp_path)
    part.write_bytes(b"x" * KEPT)
    with pytest.raises(RunError) as caught:
        hub.fetch_weights(REPO, offline=False)
    assert caught.value.id == "download-wrong"
    assert hub.fetch_weights(REPO, offline=False).read_bytes() == WEIGHTS


def test_that_a_full_disk_is_said_before_anything_is_written(small_hub, monkeypatch):
    usage = weights_file.shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr(weights_file.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(RunError) as caught:
        hub.fetch_weights(REPO, offline=False)
    assert caught.value.id == "model-no-room"


def test_that_the_size_is_known_before_a_download(small_hub):
    assert hub.weights_size(REPO) == len(WEIGHTS)
    with pytest.raises(RunError) as caught:
        hub.weights_size("someone/nothing")
    assert caught.value.id == "model-not-found"
    assert not any(path.endswith("blobs") for path in small_hub.asked)


class Silent(MessageWriter):
    def __init__(self):
        self.said = []

    def write(self, kind, **values):
        self.said.append((kind, values))

    def stopped(self):
        return False


def test_that_the_helper_brings_all_that_loading_needs(small_hub, tmp_path, vit_mae):
    vit_mae.save_pretrained(tmp_path / "vit-mae")
    put_on_hub(small_hub, "someone/vit-mae", tmp_path / "vit-mae")
    facts = HUB.check("someone/vit-mae", offline=False)
    assert not facts["on_disk"]
    assert facts["download_bytes"] == (tmp_path / "vit-mae" / "model.safetensors").stat().st_size
    assert (facts["input_size"], facts["patch"], facts["depth"]) == (32, 8, 2)
    assert not facts["decoder_is_fresh"]
    done = download_helper.download("someone/vit-mae", Silent())
    assert done["bytes"] == facts["download_bytes"]
    small_hub.asked.clear()
    again = HUB.check("someone/vit-mae", offline=True)
    assert again["on_disk"]
    assert again["parameters"] == facts["parameters"]
    assert small_hub.asked == []


def test_that_a_check_refuses_what_training_would_refuse(small_hub, tmp_path):
    small_hub.add("someone/bert", "config.json", json.dumps({"model_type": "bert"}).encode())
    small_hub.add("someone/bert", "model.safetensors", b"large")
    for name, error_id in (
        ("someone/bert", "not-vit-mae"),
        ("vit_smal_patch16_224", "model-not-found"),
        (str(tmp_path), "folder-no-model"),
        (str(tmp_path / "no.safetensors"), "model-file-missing"),
    ):
        with pytest.raises(RunError) as caught:
            HUB.check(name, offline=False)
        assert caught.value.id == error_id, name


OLD, NEW = "a" * 40, "b" * 40


@pytest.fixture
def moving_hub(small_hub):
    """A repository whose main branch has moved from one commit to another."""
    for commit, content in ((OLD, b"old weights"), (NEW, b"new weights")):
        small_hub.add("some/one", "config.json", commit.encode(), commit)
        small_hub.add("some/one", "model.safetensors", content, commit)
    small_hub.commits["some/one", "main"] = OLD
    return small_hub


def test_that_files_of_a_model_are_of_one_commit_whatever_is_pushed_meanwhile(moving_hub):
    config = hub.fetch("some/one", "config.json", offline=False)
    moving_hub.commits["some/one", "main"] = NEW
    weights = hub.fetch_weights("some/one", offline=False, beside=config)
    assert weights.read_bytes() == b"old weights"
    assert hub.source_of("some/one", config, weights) == {
        "repository": "some/one",
        "revision": OLD,
        "weights_revision": OLD,
    }
    assert hub.fetch_weights("some/one", offline=False).read_bytes() == b"new weights"


def test_that_a_name_may_say_the_commit(moving_hub):
    moving_hub.commits["some/one", "main"] = NEW
    weights = hub.fetch_weights(f"some/one@{OLD}", offline=False)
    assert weights.read_bytes() == b"old weights"
    assert hub.is_in_cache(f"some/one@{OLD}")
    assert not hub.is_in_cache(f"some/one@{NEW}")
    assert hub.fetch_weights(f"some/one@{OLD}", offline=True) == weights
    assert hub.weights_size(f"some/one@{NEW}") == len(b"new weights")
    with pytest.raises(RunError) as error:
        hub.fetch(f"some/one@{'c' * 40}", "config.json", offline=False)
    assert error.value.id == "hub-no-revision"
