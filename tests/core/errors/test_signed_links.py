"""Signed addresses stay out of logs and of words."""

import logging
from pathlib import Path

import pytest

from core.errors import RunError
from core.errors.signed_links import UnsignedFilter, UnsignedFormatter, without_signatures

SECRET = "deadbeef0123"
LINK = (
    "https://cdn.example.co/repos/aa/bb?X-Amz-Credential=AKIA%2Fx&X-Amz-Signature="
    f"{SECRET}&Policy={SECRET}~_&Key-Pair-Id={SECRET}"
)


@pytest.mark.parametrize(
    "text",
    [
        f'HTTP Request: GET {LINK} "HTTP/1.1 403 Forbidden"',
        f"Client error for url '{LINK}'",
        f"Max retries exceeded with url: /repos/aa/bb?Signature={SECRET}&Expires=1 (Caused by …)",
        f"proxy http://ann:{SECRET}@proxy.example:3128 refused",
    ],
)
def test_that_no_signature_is_left(text: str) -> None:
    assert SECRET not in without_signatures(text)
    assert "AKIA" not in without_signatures(text)


def test_that_other_words_stay() -> None:
    text = "Is it there? See https://example.org/a/b, or mail ann@example.org: why not?"
    assert without_signatures(text) == text


def test_that_an_error_quotes_no_signature() -> None:
    error = RunError("hub-unreachable", name="a/b", reason=f"403 for {LINK}", proxy="not set")
    assert SECRET not in str(error)
    assert "https://cdn.example.co/repos/aa/bb" in error.what


def test_that_a_log_with_a_traceback_has_none(tmp_path: Path) -> None:
    log = logging.getLogger("of-this-test")
    log.propagate = False
    handler = logging.FileHandler(tmp_path / "log.txt", encoding="utf-8")
    handler.setFormatter(UnsignedFormatter("%(levelname)s %(message)s"))
    log.addHandler(handler)
    try:
        raise OSError(f"no answer from {LINK}")
    except OSError:
        log.exception("download of %s failed", LINK)
    handler.close()
    text = (tmp_path / "log.txt").read_text(encoding="utf-8")
    assert SECRET not in text
    assert "Traceback" in text


def test_that_a_filter_cleans_the_records_of_a_library() -> None:
    record = logging.LogRecord("hub", logging.WARNING, __file__, 1, "got %s", (LINK,), None)
    assert UnsignedFilter().filter(record)
    assert SECRET not in record.getMessage()
