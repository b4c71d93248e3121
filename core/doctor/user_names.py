"""The names that a run knows of its user's data, to be left out of what is sent to others."""

import getpass
import json
import re
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from core.data.file_types import IMAGE_SUFFIXES
from core.data.manifest_rows import EXAMPLE_ROW, QUARANTINED_ROW, TEXTS_ROW
from core.data.tables.workbook_rows import WORKBOOK_SUFFIXES
from core.errors import RunError
from core.run.files import EVENTS, LOG, MANIFEST, TARGETS, TRAINER_OUTPUT
from core.run.folder import RunFolder

LEFT_OUT = "<name>"
# What stands in every recipe and log: as a name of the user's it tells nothing.
_OWN_WORDS = frozenset(
    {
        *("auto", "base", "checkpoint", "classes", "cpu", "cuda", "data", "default", "device"),
        *("distill", "distilled", "encoder", "environment", "error", "evaluate", "event", "events"),
        *("export", "failed", "false", "file", "files", "finetune", "folder", "folders", "further"),
        *("home", "image", "images", "info", "kind", "labeled", "linear", "log", "loss", "mask"),
        *("model", "name", "none", "null", "path", "paused", "pretrain", "probe", "reading"),
        *("recipe", "results", "root", "run", "runs", "runtime", "save", "seed", "split", "stage"),
        *("stages", "starter", "state", "step", "steps", "stopped", "test", "text", "texts"),
        *("time", "tmp", "train", "trainer", "training", "true", "unlabeled", "user", "users"),
        *("val", "valid", "validation", "var", "version", "warning", "work"),
    }
)
_DATA_SUFFIXES = IMAGE_SUFFIXES | {
    *(".csv", ".tsv", ".tab", ".jsonl", ".ndjson", ".parquet", ".txt", ".md", ".zip", ".dcm"),
    *(".gz", ".npy", ".tar", ".tgz", ".tbz2", ".txz"),
    *WORKBOOK_SUFFIXES,
}
_ANY_SUFFIX = "|".join(map(re.escape, sorted(_DATA_SUFFIXES, key=len, reverse=True)))
_DATA_FILE = re.compile(
    rf"""[^\s"'<>\\/:,;()\[\]={{}}]+(?:{_ANY_SUFFIX})(?![\w.])""", re.IGNORECASE
)
# Our own files, which help.
_OWN_FILES = frozenset(
    {
        *(LOG, TRAINER_OUTPUT, EVENTS, MANIFEST, TARGETS),
        "labels.csv",
    }
)
# Between blanks, brackets and separators of paths; a backslash may be that of an escape in JSON.
_WORDS = re.compile(r"(?:[^\s\"'<>(){}\[\],;/\\]|\\u[0-9a-f]{4})+")
_MOST_ENTRIES = 2_000_000


@dataclass(frozen=True)
class UserNames:
    """Names of folders, classes, runs: few, found anywhere; and of files: many, as whole words."""

    few: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()

    def left_out(self, text: str) -> str:
        """The text without them, and without any other file of data."""
        for each in _spellings(self.few):
            text = each.sub(LEFT_OUT, text)
        text = _DATA_FILE.sub(self._data_file, text)
        return _WORDS.sub(self._word, text) if self.files else text

    def _data_file(self, match: re.Match[str]) -> str:
        return match[0] if match[0] in _OWN_FILES else "<file>"

    def _word(self, match: re.Match[str]) -> str:
        word = match[0].rstrip(".:!?")
        return match[0].replace(word, LEFT_OUT) if word and word in self.files else match[0]


def _spellings(names: Iterable[str]) -> Iterator[re.Pattern[str]]:
    """Patterns that find names as they are, and as JSON and TOML write them."""
    spelled = {form for name in names for form in (name, json.dumps(name)[1:-1])}
    ordered = sorted(spelled, key=len, reverse=True)
    for start in range(0, len(ordered), 500):
        some = "|".join(map(re.escape, ordered[start : start + 500]))
        yield re.compile(rf"(?<!\w)(?:{some})(?!\w)", re.IGNORECASE)


def names_of(run: RunFolder) -> UserNames:
    """What a run's recipe, manifest and place tell of its user."""
    few: set[str] = {*run.path.parts, *_of_machine()}
    files: set[str] = set()
    try:
        recipe = run.recipe().model_dump(mode="json")
        few |= set(_of_data(recipe["data"]))
        if Path(recipe["model"]["name"]).is_absolute():
            few |= set(_parts(recipe["model"]["name"]))
    except (RunError, OSError, KeyError):
        pass  # without a recipe there is still the manifest
    try:
        with run.manifest_file.open(encoding="ascii", errors="replace") as lines:
            _add_header(json.loads(lines.readline()), few)
            for _, line in zip(range(_MOST_ENTRIES), lines, strict=False):
                _add_entry(json.loads(line), few, files)
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        pass  # nothing was scanned yet, or only a part can be read
    return UserNames(frozenset(filter(_tells, few)), frozenset(filter(_tells, files)))


def _tells(name: str) -> bool:
    """Whether a name says anything of its user: numbers and the program's own words don't."""
    return len(name) > 1 and not name.isdigit() and name.lower() not in _OWN_WORDS


def _of_machine() -> Iterator[str]:
    yield socket.gethostname()
    try:
        yield getpass.getuser()
    except (OSError, KeyError, ImportError):
        return


def _of_data(data: dict[str, Any]) -> Iterator[str]:
    """Folders, and names of columns and whatever else is free text in `[data]`."""
    for key, value in data.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str) and key != "kind":
                yield from _parts(each)


def _parts(path: str) -> Iterator[str]:
    for part in re.split(r"[\\/]", path):
        yield part
        yield PurePosixPath(part).stem


def _add_header(header: dict[str, Any], few: set[str]) -> None:
    few |= set(map(str, header["classes"]))
    for root in header["roots"]:
        few |= set(_parts(str(root)))


def _add_entry(entry: list[Any], few: set[str], files: set[str]) -> None:
    if entry[0] in {EXAMPLE_ROW, TEXTS_ROW, QUARANTINED_ROW}:
        *folders, name = re.split(r"[\\/]", str(entry[1]))
        few |= set(folders)
        name = re.sub(r":\d+$", "", name)
        for each in (name, PurePosixPath(name).stem):
            files |= {each, json.dumps(each)[1:-1]}
        # Names of several words are no word of a text.
        few |= {each for each in (name, Path(name).stem) if " " in each}
