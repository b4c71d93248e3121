"""Which trackers there are: one table; all else is read from it."""

import importlib
import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.errors import RunError
from core.errors.pasteable import as_argument
from core.tracking.tracker import Opening, Tracker


@dataclass(frozen=True)
class TrackerKind:
    """A tracker that a run can be written for.

    Attributes:
        name: In recipes and on the command line; also of its folder in `log/`.
        title: Its own name.
        package: What is imported.
        extra: Installs it, as in `pip install "redistill[extra]"`.
        opens: The command that shows what was written, with {folder}.
        module: Where its `Tracker` is; what it imports may be missing.
        class_name: Of that.
    """

    name: str
    title: str
    package: str
    extra: str
    opens: str
    module: str
    class_name: str

    def is_installed(self) -> bool:
        """Whether this Python has it; nothing is imported."""
        return importlib.util.find_spec(self.package) is not None

    def open(self, opening: Opening) -> Tracker:
        """Its `Tracker`; the library is imported here.

        Raises:
            ImportError: It is not installed.
        """
        made: Tracker = getattr(importlib.import_module(self.module), self.class_name)(opening)
        return made

    def how_to_open(self, folder: object) -> str:
        """The command that shows what lies in a folder, ready to be pasted."""
        return self.opens.format(folder=as_argument(str(folder)))


_TABLE: Final = (
    TrackerKind(
        name="tensorboard",
        title="TensorBoard",
        package="tensorboard",
        extra="tensorboard",
        opens="tensorboard --logdir {folder}",
        module="core.tracking.tensorboard",
        class_name="TensorBoardTracker",
    ),
    TrackerKind(
        name="mlflow",
        title="MLflow",
        package="mlflow",
        extra="mlflow",
        # Since its version 3.7 it opens plain files only if asked to.
        opens="MLFLOW_ALLOW_FILE_STORE=true mlflow ui --backend-store-uri {folder}",
        module="core.tracking.mlflow",
        class_name="MlflowTracker",
    ),
    TrackerKind(
        name="wandb-offline",
        title="Weights & Biases, offline",
        package="wandb",
        extra="wandb",
        opens="wandb sync --sync-all {folder}/wandb",
        module="core.tracking.wandb_offline",
        class_name="WandbTracker",
    ),
)

TRACKERS: Final = {kind.name: kind for kind in _TABLE}


def refuse_missing(names: Sequence[str]) -> None:
    """See to it that all of these can be written here.

    Raises:
        RunError: One is unknown, or its library is not installed.
    """
    for name in names:
        if name not in TRACKERS:
            raise RunError("tracker-unknown", name=name, known=", ".join(TRACKERS))
        kind = TRACKERS[name]
        if not kind.is_installed():
            is_packaged = getattr(sys, "frozen", False)
            raise RunError(
                "tracker-not-packaged" if is_packaged else "tracker-missing",
                name=name,
                title=kind.title,
                extra=kind.extra,
                package=f"redistill[{kind.extra}]",
            )
