"""A run of Weights & Biases that stays here until somebody calls `wandb sync`."""

import os
from collections.abc import Mapping

# Read when it is imported: it tells its makers of errors unless this is set.
os.environ["WANDB_MODE"] = "offline"
os.environ["WANDB_ERROR_REPORTING"] = "false"

import wandb

from core.tracking.tracker import Opening, Tracker

_PROJECT = "redistill"


class WandbTracker(Tracker):
    """Writes one run; metrics are named `stage/loss`, over the steps of their stage."""

    def __init__(self, opening: Opening) -> None:
        settings = wandb.Settings(
            mode="offline",
            console="off",
            silent=True,
            # Neither our code, nor what the machine is, nor what else is installed belongs there.
            disable_code=True,
            disable_git=True,
            save_code=False,
            x_disable_stats=True,
            x_disable_machine_info=True,
            x_disable_meta=True,
            x_save_requirements=False,
        )
        self._run = wandb.init(
            project=_PROJECT,
            dir=str(opening.folder),
            id=opening.id or None,
            resume="allow",
            name=opening.run,
            config=dict(opening.settings),
            settings=settings,
        )
        self.id = self._run.id
        self._known: set[str] = set()

    def numbers(self, stage: str, step: int, time: float, values: Mapping[str, float]) -> None:
        """One row; several rows may be of one step."""
        axis = f"{stage}/step"
        if stage not in self._known:
            self._known.add(stage)
            self._run.define_metric(axis, hidden=True)
            self._run.define_metric(f"{stage}/*", step_metric=axis)
        row = {f"{stage}/{name}": value for name, value in values.items()}
        self._run.log({axis: step, f"{stage}/time": time, **row})

    def text(self, name: str, text: str, time: float) -> None:
        """In the summary of the run."""
        del time
        self._run.summary[name] = text

    def flush(self) -> None:
        """Its own service writes at once."""

    def close(self, *, is_finished: bool) -> None:
        """Wait until everything is in its file."""
        del is_finished
        self._run.finish()
        # Its service still writes after `finish` has returned; it ends when all is in the file.
        wandb.teardown()
