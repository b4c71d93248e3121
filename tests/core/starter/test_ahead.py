"""Images made ahead by other processes are the same images."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.starter.ahead import ParallelGeneratedImages
from core.starter.images import GeneratedImages


@pytest.fixture(scope="module")
def parallel():
    with ParallelGeneratedImages(seed=5, size=32, workers=2, ahead=3) as images:
        yield images


@pytest.fixture(scope="module")
def expected():
    return GeneratedImages(seed=5, size=32).rows(np.arange(120))


def test_that_consecutive_requests_give_the_same_images(parallel, expected):
    for start in range(0, 60, 12):
        indices = np.arange(start, start + 12)
        np.testing.assert_array_equal(parallel.rows(indices), expected[indices])


def test_that_requests_of_one_rank_among_several_are_foreseen(parallel, expected):
    for start in (0, 16, 32):
        indices = np.arange(start + 8, start + 16)
        np.testing.assert_array_equal(parallel.rows(indices), expected[indices])
    assert np.arange(56, 64, dtype=np.int64).tobytes() in parallel._expected


def test_that_an_unexpected_request_is_answered(parallel, expected):
    parallel.rows(np.arange(10))
    for indices in ([100, 7, 7], [3], list(range(40, 50))):
        np.testing.assert_array_equal(parallel.rows(np.array(indices)), expected[indices])


def test_that_closing_ends_the_processes():
    images = ParallelGeneratedImages(seed=5, size=16, workers=1)
    images.rows(np.arange(4))
    process = images._idle.get(timeout=60)
    images._idle.put(process)
    images.close()
    assert process._process.poll() is not None


def test_that_a_generator_that_died_is_an_error_and_not_a_hang():
    images = ParallelGeneratedImages(seed=5, size=16, workers=1, ahead=0)
    images.rows(np.arange(4))
    process = images._idle.get(timeout=60)
    process._process.kill()
    process._process.wait()
    images._idle.put(process)
    with pytest.raises(OSError):  # noqa: PT011 (broken pipe, or our words when the write passed)
        images.rows(np.arange(4, 8))
    images.close()


def test_that_generators_do_not_import_torch():
    code = (
        "import core.starter.ahead, sys; print([m for m in ('torch', 'timm') if m in sys.modules])"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
