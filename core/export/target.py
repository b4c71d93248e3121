"""Where an export goes: put together beside its place, and moved there whole or not at all."""

import gc
import glob
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import psutil

from core.errors import RunError
from core.run.files import DECODER, ENCODER, MODEL_JSON
from core.system.atomic import sync_folder
from core.system.inside import stays_inside

PARITY: Final = "parity.json"
# What systems strew into folders, and nobody misses.
_LITTER: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", "__pycache__"})
# A finished run leaves these itself, and results.json names one: they stay.
_OF_THE_RUN: Final = {"encoder": frozenset({ENCODER, DECODER, MODEL_JSON})}


@contextmanager
def folder_beside(target: Path, format_name: str) -> Iterator[Path]:
    """A new folder that takes the place of `target` when the block ends well, and else is gone.

    Raises:
        RunError: `target` holds anything but an earlier export of this format, or can't be
            written.
    """
    refuse_foreign(target, format_name)
    _clear_leftovers(target)
    made = _missing_parents(target)
    temporary = target.with_name(f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        temporary.mkdir(parents=True)
        yield temporary
        _keep_what_is_the_runs(temporary, target, format_name)
        _note_files(temporary)
        # Files still mapped into memory can't be moved on Windows.
        gc.collect()
        _sync(temporary)
        _replace(temporary, target)
    except BaseException as error:
        shutil.rmtree(temporary, ignore_errors=True)
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
        if isinstance(error, OSError):
            reason = error.strerror or error
            raise RunError("export-not-writable", path=target, reason=reason) from error
        raise


def refuse_foreign(target: Path, format_name: str) -> None:
    """`RunError` when `target` holds anything but an earlier export of this format."""
    if not target.exists() and not target.is_symlink():
        return
    if not target.is_dir() or target.is_symlink():
        what = "it is a file or a link, not a folder"
        raise RunError("export-target-foreign", path=target, format=format_name, what=what)
    known = _files_of_export(target / PARITY, format_name) | _OF_THE_RUN.get(format_name, set())
    for file in sorted(target.rglob("*")):
        name = file.relative_to(target)
        is_known = name.as_posix() in known or _LITTER & set(name.parts) or file.is_dir()
        # A link is nothing that an export writes: what is copied or replaced lies in the folder.
        if file.is_symlink() or not is_known:
            what = name.as_posix()
            raise RunError("export-target-foreign", path=target, format=format_name, what=what)


def _clear_leftovers(target: Path) -> None:
    """Remove what exports to `target` left that were killed before they could clean up."""
    leftover = re.compile(rf"\.{re.escape(target.name)}\.(\d+)-[0-9a-f]{{8}}\.(tmp|old)")
    for folder in target.parent.glob(f".{glob.escape(target.name)}.*"):
        match = leftover.fullmatch(folder.name)
        if match and not psutil.pid_exists(int(match[1])):
            shutil.rmtree(folder, ignore_errors=True)


def _files_of_export(parity: Path, format_name: str) -> set[str]:
    """The files that an earlier export wrote; empty when there is none of this format."""
    try:
        noted = json.loads(parity.read_text(encoding="utf-8"))
        is_ours = noted["made_by"] == "redistill" and noted["format"] == format_name
        names = filter(stays_inside, map(str, noted["files"]))
        return {PARITY, *names} if is_ours else set()
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _missing_parents(target: Path) -> list[Path]:
    """The folders above `target` that are still to be made, the innermost first."""
    return [folder for folder in target.absolute().parents if not folder.exists()]


def _keep_what_is_the_runs(temporary: Path, target: Path, format_name: str) -> None:
    for name in _OF_THE_RUN.get(format_name, ()):
        if (target / name).is_file():
            shutil.copyfile(target / name, temporary / name)


def _note_files(folder: Path) -> None:
    """List the files in `parity.json`: what an export may replace is what one has written."""
    parity = folder / PARITY
    noted = json.loads(parity.read_text(encoding="utf-8"))
    names = (file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())
    noted["files"] = sorted(name for name in names if name != PARITY)
    parity.write_text(json.dumps(noted, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _sync(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb+") as opened:
                os.fsync(opened.fileno())


def _replace(temporary: Path, target: Path) -> None:
    """Move `temporary` to `target`; what was there goes only when the new one is in place."""
    aside = temporary.with_suffix(".old")
    had_one = target.exists()
    if had_one:
        target.rename(aside)
    try:
        temporary.rename(target)
    except OSError:
        if had_one:
            aside.rename(target)
        raise
    sync_folder(target.parent)
    shutil.rmtree(aside, ignore_errors=True)
