"""The throughput benchmark runs and says what it promises; how fast it is, is not tested."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.throughput import asked, speeds

_ROOT = Path(__file__).resolve().parents[2]
_SMALLEST = ["--preset", "tiny-32", "--stage", "distill", "--batch-size", "4", "--images", "8"]
_SHORTEST = ["--warm-up", "1", "--settle", "0", "--steps", "2", "--repeats", "1"]


def test_that_the_ratio_is_the_median_over_pairs_not_of_medians():
    settings = asked(["--batch-size", "10", "--steps", "2", "--repeats", "3"])
    found = speeds(settings, {"ours": [1.0, 2.0, 4.0], "reference": [3.0, 2.0, 20.0]})
    assert found["ratios"] == [3.0, 1.0, 5.0]
    assert found["ratio"] == 3.0
    assert found["images_per_s_ours"] == 10.0
    assert found["images_per_s_reference"] == pytest.approx(20 / 3)


def test_that_on_a_gpu_blocks_are_whole_multiples_of_how_often_the_loop_reads_its_losses():
    settings = asked(["--device", "cuda", "--warm-up", "2", "--settle", "0", "--steps", "9"])
    assert (settings.warm_up, settings.settle, settings.steps) == (8, 0, 16)


@pytest.mark.slow
def test_that_the_throughput_benchmark_ends_in_one_line_of_json():
    command = [sys.executable, "-m", "tests.benchmarks.throughput", *_SMALLEST, *_SHORTEST]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    found = json.loads(line)
    assert (found["benchmark"], found["model"], found["stage"]) == ("throughput", "tiny", "distill")
    assert (found["precision"], found["precision_reference"]) == ("float32", "float32")
    assert (found["batch_size"], found["images"]) == (4, 8)
    times = ("images_per_s_ours", "images_per_s_reference", "prepare_s", "targets_s")
    peaks = ("peak_memory_gib_ours", "peak_memory_gib_reference")
    assert all(math.isfinite(found[name]) and found[name] > 0 for name in (*times, *peaks))
    assert found["prepare_s"] == pytest.approx(found["scan_s"] + found["decode_s"])
    ratio = found["images_per_s_ours"] / found["images_per_s_reference"]
    assert found["ratios"] == [found["ratio"]] == pytest.approx([ratio])
    assert 0 <= found["data_wait_share"] <= 1
    assert found["threads"] >= 1
    assert "torch" in found["versions"]
