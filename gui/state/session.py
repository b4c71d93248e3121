"""What the user has chosen so far, and the run that is open. Pages read it and listen to it."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from core.errors import RunError
from core.language import _
from core.planning.comparison import is_comparison
from core.planning.estimate import Measurement
from core.planning.shapes import ModelShape
from core.planning.steps import has_steps_of, with_steps_of
from core.recipe import Recipe, preset_values
from core.recipe.command import nearest_preset
from core.recipe.files import problems_in, validated_recipe
from core.recipe.modality import AUTO, Modality
from core.run.folder import RunFolder
from gui.state.draft_change import DraftChange
from gui.state.findings import Findings
from gui.state.readings import Readings
from gui.state.settings import Settings


class Session(QObject):
    """The draft of a recipe with its history, the scan of its data, the open run.

    Signals:
        used: Something is about to be changed or opened.
        begun: There is another draft, which has nothing to do with the one before.
        draft_changed: The draft is another one.
        data_changed: Its data section is another one (sent after `draft_changed`).
        findings_changed: There is a new scan, or none any more.
        run_changed: Another run is open, or none.
        devices_changed: It is known which devices this machine has.
        model_known: Somebody looked into a model, which `shapes` has now.
        refused: A change that can't be made: what, action.
    """

    used = Signal()
    begun = Signal()
    draft_changed = Signal()
    data_changed = Signal()
    findings_changed = Signal()
    run_changed = Signal()
    devices_changed = Signal()
    model_known = Signal()
    refused = Signal(str, str)

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.undo = QUndoStack(self)
        self._draft = validated_recipe(_values_for("quick", None))
        self._unscaled = self._draft
        self._findings: Findings | None = None
        self.readings = Readings(settings, self)
        self._run: RunFolder | None = None
        self._run_recipe: Recipe | None = None
        self.run_name = ""
        self.num_processes = 1
        # Shorter side of a typical image of the data, as the Model page has seen it.
        self.image_side: int | None = None
        # Of models that are not in the catalog, by name: what the Model page found in them.
        self.shapes: dict[str, ModelShape] = {}
        # What `gui.running.measuring` found on this machine, for all pages.
        self.measurements: dict[str, Measurement] = {}
        self._devices: tuple[tuple[str, str], ...] = ()
        # What `auto` chooses on this machine, by torch's name; empty until it is known.
        self.chosen_device = ""

    @property
    def draft(self) -> Recipe:
        """The recipe as chosen so far."""
        return self._draft

    @property
    def unscaled(self) -> Recipe:
        """The draft before it was fitted to a time: with the steps of its preset, or as typed.

        Fitting rounds and stops at bounds, so what was fitted is never fitted again.
        """
        return self._unscaled

    @property
    def modality(self) -> Modality:
        """What the draft's examples are."""
        return self._draft.modality

    @property
    def findings(self) -> Findings | None:
        """The last complete scan of the draft's data; None while there is none."""
        return self._findings

    @findings.setter
    def findings(self, findings: Findings | None) -> None:
        self._findings = findings
        if findings is not None:
            self.readings.take(findings)
        self.findings_changed.emit()

    @property
    def run(self) -> RunFolder | None:
        """The run that is open."""
        return self._run

    @property
    def run_recipe(self) -> Recipe | None:
        """What the open run was asked for."""
        return self._run_recipe if self._run is not None else None

    @property
    def family(self) -> str:
        """How the draft's model was pretrained, where somebody looked; else its name tells."""
        shape = self.shapes.get(self._draft.model.name)
        return shape.family if shape is not None else ""

    @property
    def devices(self) -> tuple[tuple[str, str], ...]:
        """GPUs of this machine: the name in a recipe, and in words."""
        return self._devices

    @devices.setter
    def devices(self, devices: tuple[tuple[str, str], ...]) -> None:
        self._devices = devices
        self.devices_changed.emit()

    def problems_with(self, section: str, key: str, value: Any) -> tuple[str, ...]:
        """Why a value can't be set, in sentences; none when it can.

        Args:
            section: Of the recipe; empty for its top.
            key: In it.
            value: None is the default.
        """
        values = self._draft.model_dump(mode="json", exclude_none=True)
        into = values[section] if section else values
        into.pop(key, None)
        if value is not None:
            into[key] = value
        return problems_in(values)

    def change(self, words: str, **sections: dict[str, Any]) -> bool:
        """Change values of the draft, undoable; returns False if they were refused.

        Args:
            words: What is done, for the undo menu.
            sections: Per section of the recipe the values to set; None resets to the default.
        """
        values = self._draft.model_dump(mode="json", exclude_none=True)
        for section, changes in sections.items():
            into = values.setdefault(section, {})
            for key, value in changes.items():
                into.pop(key, None)
                if value is not None:
                    into[key] = value
        return self._try(words, values)

    def take_data(self, words: str, modality: Modality, **data: Any) -> bool:
        """Change the data; where they are of another modality, model and method change with it.

        Args:
            words: What is done, for the undo menu.
            modality: What the examples are.
            data: Values of the data section; None resets to the default.
        """
        if modality is self.modality:
            return self.change(words, data=data)
        kept = self._draft.model_dump(mode="json", exclude_none=True)
        values = _values_for(nearest_preset(self._draft), modality)
        values |= {key: kept[key] for key in ("runtime", "seed")}
        shares = {key: kept["data"][key] for key in ("test_fraction", "val_fraction")}
        given = {key: value for key, value in data.items() if value is not None}
        values["data"] |= {**shares, **given}
        return self._try(words, values)

    def change_top(self, words: str, **changes: Any) -> bool:
        """Change values that are in no section (the seed), undoable."""
        values = self._draft.model_dump(mode="json", exclude_none=True)
        return self._try(words, {**values, **changes})

    def use_preset(self, name: str) -> bool:
        """Take the steps and settings of a preset; data, model and machine stay as chosen."""
        values = self._draft.model_dump(mode="json", exclude_none=True)
        kept: dict[str, Any] = {
            key: values[key] for key in ("data", "runtime", "seed") if key in values
        }
        model = {key: v for key, v in values["model"].items() if key in ("name", "image_size")}
        preset = preset_values(name, self.modality.name)
        preset["model"] = {**preset.get("model", {}), **model}
        return self._try(_("Preset {name}").format(name=name), {**preset, **kept})

    def replace(self, words: str, recipe: Recipe) -> None:
        """Take another recipe as the draft, undoable."""
        unscaled = recipe
        if has_steps_of(recipe, self._draft):
            unscaled = with_steps_of(recipe, self._unscaled)
        self._push(words, recipe, unscaled)

    def take_fitted(self, words: str, recipe: Recipe) -> None:
        """Take `unscaled` with other steps as the draft, undoable; `unscaled` stays."""
        self._push(words, recipe, self._unscaled)

    def _push(self, words: str, recipe: Recipe, unscaled: Recipe) -> None:
        self.used.emit()
        if recipe != self._draft:
            before, after = (self._draft, self._unscaled), (recipe, unscaled)
            self.undo.push(DraftChange(self.set_draft, words, before, after))

    def begin(self, recipe: Recipe | None = None, modality: Modality | None = None) -> None:
        """Start a new draft, with nothing to undo and no run open.

        Args:
            recipe: The draft; a quick one if None.
            modality: What a quick one is to learn from; None finds out from the data.
        """
        self.used.emit()
        self.undo.clear()
        self._findings = None
        self.run_name = ""
        self.close_run()
        fresh = recipe or validated_recipe(_values_for("quick", modality))
        self.begun.emit()
        self.set_draft(fresh)
        self.findings_changed.emit()

    def open_run(self, path: Path) -> None:
        """Open a run; its recipe becomes the draft, so that it can be changed and run again.

        Raises:
            RunError: There is no run there, it is damaged, or a newer version made it.
        """
        run = RunFolder.open(path)
        recipe = run.asked()
        run.status()
        self.used.emit()
        self.undo.clear()
        self._findings = None
        self._run, self._run_recipe = run, recipe
        self.run_name = run.path.name
        self.settings.remember_run(run.path)
        self.begun.emit()
        self.set_draft(recipe)
        self.findings_changed.emit()
        self.run_changed.emit()

    def page_of_run(self) -> str:
        """The page that shows the open run best."""
        assert self._run is not None
        if self._run_recipe is not None and is_comparison(self._run_recipe):
            return "compare"
        return "results" if self._run.is_answered() else "train"

    def close_run(self) -> None:
        """Look at no run any more; a trainer at work on it goes on."""
        if self._run is not None:
            self._run = None
            self.run_changed.emit()

    def set_draft(self, recipe: Recipe, unscaled: Recipe | None = None) -> None:
        """Set the draft without a step of undo; for the undo commands."""
        before, self._draft = self._draft, recipe
        self._unscaled = recipe if unscaled is None else unscaled
        self.draft_changed.emit()
        if before.data != recipe.data or before.seed != recipe.seed:
            self.data_changed.emit()

    @property
    def draft_is_run(self) -> bool:
        """Whether the open run was asked for with exactly this draft."""
        return self._run is not None and self._draft == self._run_recipe

    def _try(self, words: str, values: dict[str, Any]) -> bool:
        try:
            recipe = validated_recipe(values)
        except RunError as error:
            self.refused.emit(error.what, error.action)
            self.draft_changed.emit()  # fields show what holds again
            return False
        self.replace(words, recipe)
        return True


def _values_for(preset: str, modality: Modality | None) -> dict[str, Any]:
    """A preset for a modality, with the model that is bundled for it."""
    values: dict[str, Any] = preset_values(preset, modality.name if modality else AUTO)
    if modality is not None:
        if modality.starter:
            values["model"] = {**values.get("model", {}), "name": modality.starter}
        values["data"] = {"kind": modality.name}
    return values
