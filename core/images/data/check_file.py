"""The whole check of one file, as done in a worker process: read, hash, decode."""

import errno
import hashlib
import os

from core.data.file_types import IMAGE_SUFFIXES, OTHER_IMAGE_SUFFIXES, suffix_of
from core.images.data.decode import MAX_BYTES, UnreadableImage, decode_with_note, in_words, openable
from core.images.data.looks import look_of
from core.images.data.scan_cache import Checked
from core.language import _

_NO_MEMORY = _("too large for the memory of this machine")


def check_file(path: str) -> Checked:
    """Read and decode the file at an absolute path; never raises for what is wrong with it."""
    try:
        with open(openable(path), "rb") as file:  # noqa: PTH123  (a str on the hot path)
            before = os.fstat(file.fileno())
            if before.st_size > MAX_BYTES:
                return _refused(before, "", _("larger than 2 GiB"))
            data = file.read()
            after = os.fstat(file.fileno())
    except OSError as error:
        gone = error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ESTALE}
        reason = (
            _("vanished while scanning")
            if gone
            else _("can't be read: {error}").format(error=in_words(error))
        )
        return Checked(0, 0, "", 0, 0, "", reason, is_lasting=False)
    except MemoryError:
        return Checked(0, 0, "", 0, 0, "", _NO_MEMORY, is_lasting=False)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or (
        len(data) != after.st_size
    ):
        reason = _("was being written while it was scanned")
        return Checked(0, 0, "", 0, 0, "", reason, is_lasting=False)
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        image, note = decode_with_note(data)
        look = look_of(image)
    except (UnreadableImage, MemoryError) as error:
        reason = error.reason if isinstance(error, UnreadableImage) else _NO_MEMORY
        return _refused(after, sha256, _with_kind(path, reason))
    return Checked(
        after.st_size,
        after.st_mtime_ns,
        sha256,
        image.width,
        image.height,
        note,
        None,
        look=look,
    )


def _refused(status: os.stat_result, sha256: str, reason: str) -> Checked:
    is_lasting = "memory" not in reason
    size, time = status.st_size, status.st_mtime_ns
    return Checked(size, time, sha256, 0, 0, "", reason, is_lasting=is_lasting)


def _with_kind(path: str, reason: str) -> str:
    suffix = suffix_of(path)
    if suffix in OTHER_IMAGE_SUFFIXES and suffix not in IMAGE_SUFFIXES:
        return _("{kind} files are not read; convert it to PNG or JPEG").format(
            kind=suffix[1:].upper()
        )
    return reason
