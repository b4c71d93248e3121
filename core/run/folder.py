"""A run on disk: what is where, its state, its lock. The interface between trainer and viewer.

recipe.toml         what was asked
run.json            the version that last wrote it, and the formats of its parts
state.json          running, paused, stopped, failed or finished, in words
manifest.jsonl      every file used or quarantined, with hash and reason
events.jsonl        append-only; see core.run.events
model/              the initial model, so that a resumed run needs no network
data/               decoded pixels, until the run is finished
stages/NN-name/     checkpoints while it runs, then encoder.safetensors and summary.json
frozen/NAME/        what each encoder knows as it is: a classifier without fine-tuning, its answers
chosen/             which unlabeled examples are pre-trained on, where the recipe wants a share
pseudo-labels/      what all classifiers say of unlabeled examples, for the arm that learns from it
previews/           what the model makes of masked images, per stage: first and latest
objective.json, match.json, flips.json  what was chosen where the recipe leaves it open
race.json           what won a race, once there is a winner: the rest of the run goes by it
results.json        the arms compared
suspects.csv        labels to doubt, and what was decided of them, if somebody asked
to-label.csv        what to label next, and the labels that it was given, likewise
exports/            what other tools open
log.txt, environment.json
notes.txt           what somebody wrote about the run
energy.json         what the GPU used, where it tells
"""

import json
import os
import shutil
import socket
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

import filelock

from core.errors import RunError
from core.recipe import Recipe, read_recipe, write_recipe
from core.run.files import (
    DATA,
    ENVIRONMENT,
    EVENTS,
    EXPORTS,
    FROZEN,
    LOG,
    MANIFEST,
    MODEL,
    PREVIEWS,
    RECIPE,
    RESULTS,
    RUN,
    STAGES,
    STATE,
    TRACKING,
    TRAINER_LOCK,
)
from core.run.formats import identity, is_newer, newer, refuse_newer
from core.run.placing import refuse_inside_data
from core.run.raced import read_raced, with_race
from core.run.whole_paths import with_whole_paths
from core.system.atomic import write_json


class RunState(StrEnum):
    """What a run folder is doing; `INTERRUPTED`: its trainer died without a word."""

    NEW = "new"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    FAILED = "failed"
    FINISHED = "finished"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Status:
    """State of a run with the sentence that explains it and the trainer's process, if any."""

    state: RunState
    text: str = ""
    error_id: str | None = None
    pid: int | None = None
    host: str | None = None


@dataclass(frozen=True)
class RunFolder:
    """A run folder; creating the object touches nothing."""

    path: Path

    @property
    def recipe_file(self) -> Path:
        """What was asked."""
        return self.path / RECIPE

    @property
    def manifest_file(self) -> Path:
        """Every file used or quarantined."""
        return self.path / MANIFEST

    @property
    def events_file(self) -> Path:
        """What happened, append-only."""
        return self.path / EVENTS

    @property
    def log_file(self) -> Path:
        """The log, for support."""
        return self.path / LOG

    @property
    def model(self) -> Path:
        """The initial model."""
        return self.path / MODEL

    @property
    def data(self) -> Path:
        """Decoded pixels."""
        return self.path / DATA

    @property
    def results_file(self) -> Path:
        """The arms compared."""
        return self.path / RESULTS

    @property
    def exports(self) -> Path:
        """What other tools open."""
        return self.path / EXPORTS

    @property
    def environment_file(self) -> Path:
        """Machine and versions of the last trainer."""
        return self.path / ENVIRONMENT

    @property
    def stages(self) -> Path:
        """Folder of the stages' folders."""
        return self.path / STAGES

    @property
    def frozen(self) -> Path:
        """Folder of the folders of what was answered without fine-tuning."""
        return self.path / FROZEN

    @property
    def previews(self) -> Path:
        """What the model makes of masked examples."""
        return self.path / PREVIEWS

    def stage(self, name: str) -> Path:
        """Folder of a stage."""
        return self.stages / name

    @classmethod
    def create(cls, path: Path, recipe: Recipe) -> "RunFolder":
        """Make a new run folder that holds only its recipe.

        A run that failed before its first stage is replaced.

        Raises:
            RunError: `path` holds a run or something else, lies inside a data folder, or can't
                be written.
        """
        run = cls(path.expanduser().absolute())
        refuse_inside_data(run.path, with_whole_paths(recipe))
        if run.recipe_file.exists() and not run.has_nothing_to_lose():
            raise RunError("run-exists", path=path, state=run.status().state)
        try:
            run.path.mkdir(parents=True, exist_ok=True)
            if not run.recipe_file.exists() and any(run.path.iterdir()):
                raise RunError("run-folder-not-empty", path=path)
            run.start_over(recipe)
        except OSError as error:
            raise RunError("run-not-writable", path=path, reason=error.strerror) from error
        return run

    def has_nothing_to_lose(self) -> bool:
        """Whether the run ended before its first stage: a wrong folder, a mistyped model."""
        return not self.stages.exists() and not self.is_locked()

    def start_over(self, recipe: Recipe) -> None:
        """Write the files that every run has from its first second; forget an earlier try."""
        for folder in (self.model, self.data, self.path / TRACKING):
            shutil.rmtree(folder, ignore_errors=True)
        for file in (self.manifest_file, self.events_file, self.log_file):
            file.unlink(missing_ok=True)
        write_json(self.path / RUN, identity())
        self.write_status(RunState.NEW, "Not started yet.")
        write_recipe(self.recipe_file, with_whole_paths(recipe))

    @classmethod
    def open(cls, path: Path) -> "RunFolder":
        """Open an existing run.

        Raises:
            RunError: There is no run at `path`, or a newer version made it.
        """
        run = cls(path.expanduser().absolute())
        if not run.recipe_file.is_file():
            raise RunError("run-not-found", path=path)
        refuse_newer(path, run.read_json(RUN))
        return run

    def claim_format(self) -> None:
        """Say that this version writes from now on: an older one refuses what it can't read."""
        write_json(self.path / RUN, identity(self.read_json(RUN)))

    def recipe(self) -> Recipe:
        """What this run does: what was asked, with what its race chose once there is a winner.

        Raises:
            RunError: It was damaged, or a newer version wrote it.
        """
        asked = self.asked()
        found = read_raced(self.path) if asked.race.minutes else None
        return asked if found is None else with_race(asked, found)

    def asked(self) -> Recipe:
        """The recipe as it was asked; `RunError` when damaged or a newer version wrote it."""
        try:
            return read_recipe(self.recipe_file)
        except RunError as error:
            found = self.read_json(RUN)
            if error.id == "recipe-invalid" and is_newer(found):
                reason = "its recipe has settings that this one does not know"
                raise newer(self.path, found, reason) from error
            raise

    def read_json(self, name: str) -> dict[str, Any]:
        """An object from one of the run's JSON files; `RunError` when it can't be read."""
        try:
            value = json.loads((self.path / name).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise RunError("run-damaged", file=name, path=self.path, reason=error) from error
        if not isinstance(value, dict):
            raise RunError("run-damaged", file=name, path=self.path, reason="not a JSON object")
        return cast("dict[str, Any]", value)

    def write_status(self, state: RunState, text: str, error_id: str | None = None) -> None:
        """Say what the run is doing now."""
        running = state is RunState.RUNNING
        status = {
            "state": state,
            "text": text,
            "error_id": error_id,
            "pid": os.getpid() if running else None,
            "host": socket.gethostname() if running else None,
        }
        write_json(self.path / STATE, status)

    def status(self) -> Status:
        """What the run is doing; a trainer that died is found out by its lock."""
        values = self.read_json(STATE)
        try:
            status = Status(**{**values, "state": RunState(values["state"])})
        except (KeyError, TypeError, ValueError) as error:
            raise RunError("run-damaged", file=STATE, path=self.path, reason=error) from error
        if status.state is RunState.RUNNING and not self.is_locked():
            text = "The trainer ended without a message (killed, crashed, or a power cut)."
            return Status(RunState.INTERRUPTED, text)
        return status

    def is_answered(self) -> bool:
        """Whether it ended with results; a comparison that still trains has interim ones only."""
        return self.results_file.exists() and self.status().state is RunState.FINISHED

    def lock(self) -> filelock.BaseFileLock:
        """Take the run for this process; the system frees the lock even after a crash.

        Raises:
            RunError: Another trainer has it, or the folder can't be written.
        """
        lock = filelock.FileLock(self.path / TRAINER_LOCK)
        try:
            # Not zero: `is_locked` of a viewer holds the lock for a moment.
            lock.acquire(timeout=1.0)
        except filelock.Timeout as error:
            status = self.read_json(STATE)
            raise RunError(
                "run-locked", path=self.path, pid=status.get("pid"), host=status.get("host")
            ) from error
        except OSError as error:
            raise RunError("run-not-writable", path=self.path, reason=error.strerror) from error
        return lock

    def is_locked(self) -> bool:
        """Whether a trainer is alive on this run."""
        lock = filelock.FileLock(self.path / TRAINER_LOCK)
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout:
            return True
        except OSError:
            # A folder that can't be written has no trainer.
            return False
        lock.release()
        return False
