"""Measures this machine for the draft, in a process of its own, and remembers what it found."""

import json
from typing import Any

import psutil
from PySide6.QtCore import QObject, Signal

from core.language import _
from core.planning.estimate import Measurement
from core.recipe import Recipe, write_recipe
from core.run.files import RECIPE
from core.system import process_names
from gui.processes.json_process import JsonProcess
from gui.processes.scratch import ScratchFolder
from gui.state.watcher import RunWatcher

# Of the processors: less than what others used, so that it is worth measuring again.
_MUCH_LESS = 0.15


class Measuring(QObject):
    """Runs `core.processes.measure`.

    Signals:
        progressed: Words, done, total.
        measured: There is a measurement for the recipe asked last.
        failed: What, action.
        ended: The process ended, in whatever way.
    """

    progressed = Signal(str, int, int)
    measured = Signal()
    failed = Signal(str, str)
    ended = Signal()

    def __init__(
        self, parent: QObject | None = None, known: dict[str, Measurement] | None = None
    ) -> None:
        super().__init__(parent)
        self._folder = ScratchFolder()
        self._known: dict[str, Measurement] = {} if known is None else known
        self._asked = ""
        self._process = JsonProcess(self)
        self._process.said.connect(self._on_said)
        self._process.done.connect(self._on_done)
        self._process.failed.connect(lambda _, what, action: self.failed.emit(what, action))
        self._process.ended.connect(self.ended)

    @property
    def is_busy(self) -> bool:
        """Whether it measures now."""
        return self._process.is_busy

    def measurement(self, recipe: Recipe) -> Measurement | None:
        """What is known for a recipe; steps and data may be others."""
        return self._known.get(_what_counts(recipe))

    def measure(self, recipe: Recipe) -> None:
        """Measure, unless that is known or being measured.

        What was measured beside other programs is measured again once they are gone.
        """
        key = _what_counts(recipe)
        known, load = self._known.get(key), psutil.cpu_percent() / 100
        if known is not None and known.is_disturbed and load < known.others - _MUCH_LESS:
            del self._known[key]
        if key in self._known or (self._process.is_busy and key == self._asked):
            return
        self._asked = key
        file = self._folder.path / RECIPE
        write_recipe(file, recipe)
        # It may be killed: what it leaves goes with the folder.
        self._process.start(process_names.MEASURE, str(file), str(self._folder.path))
        # Until the process has started and says what it does; a blank bar tells nothing.
        self.progressed.emit(_("Measuring this machine"), 0, 0)

    def measure_again(self, recipe: Recipe) -> None:
        """Measure, whatever is known."""
        self._known.pop(_what_counts(recipe), None)
        self.measure(recipe)

    def give_way_to(self, watcher: RunWatcher) -> None:
        """End as soon as a run is trained: both would take the machine from each other."""
        watcher.status_changed.connect(lambda _: self.stop() if watcher.is_training else None)

    def stop(self) -> None:
        """Do without."""
        self._process.stop()

    def shut_down(self) -> None:
        """End at once."""
        self._process.abandon()

    def _on_said(self, messages: list[dict[str, Any]]) -> None:
        last = messages[-1]
        self.progressed.emit(str(last.get("what", "")), int(last["done"]), int(last["total"]))

    def _on_done(self, message: dict[str, Any]) -> None:
        self._known[self._asked] = Measurement.from_json(message)
        self.measured.emit()


def _what_counts(recipe: Recipe) -> str:
    """What a step costs depends on: model, batch sizes, machine; not on the number of steps."""
    parts = {
        "model": recipe.model.model_dump(mode="json", exclude={"decoder_warmup_steps"}),
        "runtime": recipe.runtime.model_dump(
            mode="json", exclude={"checkpoint_minutes", "report_s", "workers"}
        ),
        "objective": recipe.pretrain.objective,
        "train": recipe.pretrain.train,
        "batches": [
            recipe.pretrain.batch_size,
            recipe.distill.batch_size,
            recipe.finetune.batch_size,
        ],
        "masks": [recipe.pretrain.mask_ratio, recipe.distill.mask_ratio, recipe.distill.match],
        # Where examples differ in length, a step costs what they are long.
        "data": None if recipe.modality.has_equal_lengths else recipe.data.model_dump(mode="json"),
        "live": [recipe.distill.targets, recipe.distill.random_resized_crops],
    }
    return json.dumps(parts, sort_keys=True)
