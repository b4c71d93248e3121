"""Weights from the hub: a download that was ended goes on where it was, and is checked.

huggingface_hub (2.4.0) writes each try into a new temporary file and drops it when it fails
(its pull request 4228), so that a cut-off download begins again. Here the bytes go into a file
of ours beside the hub's blobs; when it is whole and its checksum is the one the hub lists, it
becomes the blob, and the hub's library finds it there.
"""

import hashlib
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlparse

import filelock
from huggingface_hub import constants, get_hf_file_metadata, hf_hub_url
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.file_download import HfFileMetadata, http_get, repo_folder_name
from huggingface_hub.utils import build_hf_headers, httpx  # type: ignore[attr-defined]

from core.errors import RunError
from core.system.progress import ProgressReport

_SHA256 = re.compile(r"[0-9a-f]{64}")
_CHUNK = 4 * 2**20
_LOOK_S = 0.5
# What a slow line brings between two looks at whether to stop, and loses when it is cut.
constants.DOWNLOAD_CHUNK_SIZE = 2**20


def bring_weights(
    repo: str,
    file: str,
    *,
    revision: str | None,
    bar: type[Any] | None,
    report: ProgressReport | None,
) -> None:
    """Bring a file with a checksum into the hub's cache, in as many tries as it takes.

    Where the hub can't be asked, or lists no checksum, nothing is done: the hub's own library
    then does its best, and names what is wrong.

    Args:
        repo: `owner/name`.
        file: Path in it.
        revision: Branch or `refs/pr/N`; the main branch if None.
        bar: A progress bar class as the hub's library wants one.
        report: Told (what, bytes done, bytes in all) while checking; may raise to end it.

    Raises:
        RunError: No room for it, or not what the hub lists.
        HfHubHTTPError, httpx.HTTPError, OSError: It was cut off.
    """
    url = hf_hub_url(repo, file, revision=revision)
    try:
        found = get_hf_file_metadata(url)
    except (HfHubHTTPError, httpx.HTTPError, OSError):
        return
    if found.size is None or found.etag is None or not _SHA256.fullmatch(found.etag):
        return
    cache, name = Path(constants.HF_HUB_CACHE), repo_folder_name(repo_id=repo, repo_type="model")
    blob = cache / name / "blobs" / found.etag
    locks = cache / ".locks" / name
    for folder in (blob.parent, locks):
        folder.mkdir(parents=True, exist_ok=True)
    with _alone(locks / f"{found.etag}.part.lock", report, f"Waiting for {repo}"):
        if not blob.exists():
            part = blob.with_name(f"{found.etag}.part")
            _require_room(repo, part, found.size)
            _download(part, url, found, bar)
            _require_checksum(repo, part, found.etag, report)
            part.replace(blob)


def parts_kept(repo: str) -> list[Path]:
    """Files of downloads that were ended."""
    name = repo_folder_name(repo_id=repo, repo_type="model")
    return list((Path(constants.HF_HUB_CACHE) / name / "blobs").glob("*.part"))


def bytes_kept(repo: str) -> int:
    """How much of a download that was ended is on this disk."""
    return max((part.stat().st_size for part in parts_kept(repo)), default=0)


@contextmanager
def _alone(file: Path, report: ProgressReport | None, what: str) -> Iterator[None]:
    """Two processes never write one file: the second waits and finds it done."""
    lock = filelock.FileLock(file)
    while not lock.is_locked:
        try:
            lock.acquire(timeout=_LOOK_S)
        except filelock.Timeout:
            if report is not None:
                report(what, 0, 0)
    try:
        yield
    finally:
        lock.release()


def _require_room(repo: str, part: Path, size: int) -> None:
    have = part.stat().st_size if part.exists() else 0
    free = shutil.disk_usage(part.parent).free
    if size - have > free:
        gib = 2**30
        raise RunError(
            "model-no-room", name=repo, at=part.parent, needed=(size - have) / gib, free=free / gib
        )


def _download(part: Path, url: str, found: HfFileMetadata, bar: type[Any] | None) -> None:
    headers = build_hf_headers()
    if urlparse(url).netloc != urlparse(found.location).netloc:
        # Another host has no business with the token.
        headers.pop("authorization", None)
    assert found.size is not None
    with _opened(part, found.size) as into:
        http_get(
            found.location,
            into,
            resume_size=into.tell(),
            headers=headers,
            expected_size=found.size,
            tqdm_class=bar,
        )


def _opened(part: Path, size: int) -> BinaryIO:
    """The file at its end; anew when it is longer than it should be."""
    if not part.exists() or part.stat().st_size > size:
        return part.open("wb")
    file = part.open("r+b")
    file.seek(0, 2)
    return file


def _require_checksum(repo: str, part: Path, sha256: str, report: ProgressReport | None) -> None:
    total = part.stat().st_size
    found = hashlib.sha256()
    with part.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
            if report is not None:
                report(f"Checking {repo}", file.tell(), total)
    if found.hexdigest() != sha256:
        part.unlink()
        raise RunError("download-wrong", name=repo)
