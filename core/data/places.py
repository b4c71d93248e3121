"""Which files a manifest may name: those below its roots, and others only where it was made here.

A table may name pictures outside its own folder, so a manifest may too. But a run folder can come
from elsewhere, and what its manifest names is opened to be shown: nothing outside the folders it
says is, unless this machine wrote that manifest. A seal tells: a keyed hash of the roots, whose
key never leaves the user's data folder. It is no part of the cache, which may be emptied.
"""

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from core.system.atomic import write_bytes
from core.system.data_folder import data_folder
from core.system.inside import stays_inside

# Part of a path that is no file's: whoever opens it finds nothing, and whoever shows it says why.
OUTSIDE = "(outside the folders of this run, which was made elsewhere)"
# For who trusts the run folders that came from elsewhere.
TRUST_RUNS = "REDISTILL_TRUST_RUNS"
_KEY = "manifest.key"
_KEY_BYTES = 32


def place_in(root: str, name: str, *, is_own: bool) -> Path:
    """Where an entry of a manifest is.

    Args:
        root: The entry's folder.
        name: Its path below that; absolute or upwards only of one that a table named.
        is_own: Whether the manifest was made on this machine, or just now.
    """
    if is_own or stays_inside(name):
        return Path(root, name)
    return Path(root, OUTSIDE, name.replace("\\", "/").rpartition("/")[2].strip(".:") or "file")


def seal(roots: Sequence[str], names_outside: Sequence[str]) -> str:
    """What this machine writes into a manifest that names files outside its roots."""
    if not names_outside:
        return ""
    try:
        return _seal(_key(), roots)
    except OSError:
        return ""


def is_sealed(roots: Sequence[str], found: object) -> bool:
    """Whether a seal is this machine's."""
    if os.environ.get(TRUST_RUNS) == "1":
        return True
    if not isinstance(found, str) or not found:
        return False
    try:
        key = (data_folder() / _KEY).read_bytes()
    except OSError:
        return False
    return hmac.compare_digest(_seal(key, roots).encode(), found.encode())


def _seal(key: bytes, roots: Sequence[str]) -> str:
    return hmac.new(key, json.dumps(list(roots)).encode("ascii"), hashlib.sha256).hexdigest()


def _key() -> bytes:
    file = data_folder() / _KEY
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(file, secrets.token_bytes(_KEY_BYTES))
        file.chmod(0o600)
    return file.read_bytes()
