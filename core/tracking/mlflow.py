"""A run of MLflow, in plain files."""

import os
from collections.abc import Mapping

# Read when it is imported. It tells its makers what it is used for unless this is set; and plain
# files, which need no database, are written only if they are asked for.
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["DO_NOT_TRACK"] = "true"
os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"

from mlflow.entities import Metric, Param, RunStatus
from mlflow.tracking import MlflowClient

from core.tracking.tracker import Opening, Tracker

_EXPERIMENT = "redistill"
# MLflow's own bounds of one request and of one value.
_MOST_AT_ONCE = 100
_LONGEST = 6_000


class MlflowTracker(Tracker):
    """Writes one run; metrics are named `stage/loss`."""

    def __init__(self, opening: Opening) -> None:
        # Named here, whatever the environment names: never a server.
        self._client = MlflowClient(tracking_uri=opening.folder.absolute().as_uri())
        self._waiting: list[Metric] = []
        self.id = opening.id
        if self.id:
            self._client.update_run(self.id, status=RunStatus.to_string(RunStatus.RUNNING))
            return
        found = self._client.get_experiment_by_name(_EXPERIMENT)
        experiment = (
            self._client.create_experiment(_EXPERIMENT) if found is None else found.experiment_id
        )
        self.id = self._client.create_run(experiment, run_name=opening.run).info.run_id
        settings = [Param(key, value[:_LONGEST]) for key, value in opening.settings.items()]
        for start in range(0, len(settings), _MOST_AT_ONCE):
            self._client.log_batch(self.id, params=settings[start : start + _MOST_AT_ONCE])

    def numbers(self, stage: str, step: int, time: float, values: Mapping[str, float]) -> None:
        """Kept until the next `flush`: one file is opened for each number."""
        at = round(1_000 * time)
        self._waiting += [
            Metric(f"{stage}/{name}", value, at, step) for name, value in values.items()
        ]

    def text(self, name: str, text: str, time: float) -> None:
        """As a tag."""
        del time
        self._client.set_tag(self.id, name, text[:_LONGEST])

    def flush(self) -> None:
        """Write what waits."""
        for start in range(0, len(self._waiting), _MOST_AT_ONCE):
            self._client.log_batch(self.id, metrics=self._waiting[start : start + _MOST_AT_ONCE])
        self._waiting = []

    def close(self, *, is_finished: bool) -> None:
        """Tell it how the run stands."""
        self.flush()
        status = RunStatus.FINISHED if is_finished else RunStatus.SCHEDULED
        self._client.set_terminated(self.id, RunStatus.to_string(status))
