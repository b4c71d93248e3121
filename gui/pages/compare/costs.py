"""What a comparison will cost: this machine measured, examples counted, what is there already."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from core.data.manifest_file import read_manifest
from core.errors import RunError
from core.figures.sweep import shareable_stages
from core.planning.comparison import collapse_finetunings
from core.planning.estimate import RunEstimate, estimate_run
from core.recipe import Recipe
from core.run.folder import RunFolder
from gui.outcome.background import Background
from gui.running.measuring import Measuring
from gui.state.session import Session


class ComparisonCosts(QObject):
    """Signals: `changed` when more is known; the others as of a `Measuring`."""

    changed = Signal()
    progressed = Signal(str, int, int)
    failed = Signal(str, str)
    ended = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.measuring = Measuring(self, session.measurements)
        self.measuring.progressed.connect(self.progressed)
        self.measuring.measured.connect(self.changed)
        self.measuring.ended.connect(self.ended)
        self.measuring.failed.connect(self.failed)
        self._background = Background(self)
        self._counted: dict[tuple[Path, bool], tuple[int, int]] = {}

    @property
    def memory_free_gib(self) -> float:
        """Free memory of the device when it was measured."""
        measurement = self.measuring.measurement(self._session.draft)
        return measurement.memory_free_gib if measurement is not None else 0.0

    def look(self, *, may_measure: bool) -> None:
        """Measure and count, as far as that is not known yet."""
        if self.numbers() is None:
            self._count()
        elif may_measure:
            self.measuring.measure(self._session.draft)

    def numbers(self) -> tuple[int, int] | None:
        """Examples for pre-training and labeled ones; None while they are not known."""
        session = self._session
        with_test = session.draft.data.pretrain_on_test
        if session.findings is not None:
            return session.findings.counts(with_test=with_test)
        earlier = self._with_same_data()
        return self._counted.get((earlier.path, with_test)) if earlier is not None else None

    def taken(self, asked: Recipe) -> tuple[RunFolder, list[str]] | None:
        """The open run and those of its stages that a comparison need not train again, if any."""
        run = self._session.run
        if run is None:
            return None
        try:
            names = shareable_stages(run, asked)
        except RunError:
            return None  # damaged: it is trained anew
        return (run, names) if names else None

    def estimate(self, asked: Recipe) -> RunEstimate | None:
        """Time, memory and disk of a comparison; None while the machine is not measured."""
        measurement = self.measuring.measurement(self._session.draft)
        numbers = self.numbers()
        if measurement is None or numbers is None:
            return None
        taken = self.taken(asked)
        found = estimate_run(measurement, asked, *numbers)
        names = taken[1] if taken is not None else ()
        return collapse_finetunings(found, max(1, len(asked.runtime.devices)), without=names)

    def shut_down(self) -> None:
        """End at once."""
        self.measuring.shut_down()
        self._background.shut_down()

    def _with_same_data(self) -> RunFolder | None:
        """The open run, if it has the data of the draft."""
        session = self._session
        known = session.run_recipe
        draft = session.draft
        if known is None or (known.data, known.seed) != (draft.data, draft.seed):
            return None
        return session.run

    def _count(self) -> None:
        run = self._with_same_data()
        if run is None or not run.manifest_file.exists():
            return
        with_test = self._session.draft.data.pretrain_on_test
        self._background.do(
            "count",
            lambda: _counts(run.manifest_file, with_test),
            lambda found: self._on_counted((run.path, with_test), found),
            lambda _: None,  # without numbers there is no estimate, and that is said
        )

    def _on_counted(self, of: tuple[Path, bool], found: tuple[int, int]) -> None:
        self._counted[of] = found
        self.changed.emit()


def _counts(manifest_file: Path, with_test: bool) -> tuple[int, int]:
    manifest = read_manifest(manifest_file)
    return len(manifest.pretraining_examples(include_test=with_test)), len(manifest.labeled)
