"""The model card that goes with an export: `README.md` in the hub's format."""

from pathlib import Path
from typing import Any, Final

from core.data.manifest_file import read_manifest
from core.errors import RunError
from core.export.formats import ExportFormat
from core.export.runner import render
from core.export.subject import Subject, results_of
from core.hub.catalog import CATALOG
from core.readers.chosen import chosen_of
from core.readers.lead import verdict_of
from core.readers.recommendation import which_one
from core.recipe.arms import EVERY, Arm, title_of, with_teacher
from core.recipe.tasks import in_digits, task_named
from core.run.files import SUMMARY
from core.version import __version__

# What the hub calls a licence.
_HUB_LICENCES: Final = {
    "apache-2.0": "apache-2.0",
    "mit": "mit",
    "cc-by-nc 4.0": "cc-by-nc-4.0",
    "cc-by-nc-4.0": "cc-by-nc-4.0",
    "cc-by-4.0": "cc-by-4.0",
}
_UNKNOWN_LICENCES: Final = frozenset({"see the model's page", "as its publisher states it"})
_LIBRARIES: Final = {"onnx": "onnx", "pt2": "pytorch"}


def model_card(
    subject: Subject,
    wanted: ExportFormat,
    parity: dict[str, Any],
    notes: list[str],
    templates: str,
) -> str:
    """The card.

    Args:
        subject: What is exported.
        wanted: In which format.
        parity: What the check found.
        notes: What to know about this export, in words.
        templates: Folder of the card's template: that of the kind of example.
    """
    results = results_of(subject.run)
    facts = provenance(subject)
    return render(
        f"{templates}/card.md.jinja",
        subject=subject,
        format=wanted,
        parity=parity,
        notes=notes,
        library=_LIBRARIES.get(wanted.name, wanted.opens.partition(":")[0]),
        facts=facts,
        hub_licence=_HUB_LICENCES.get(facts["base_licence"].lower(), "other"),
        recipe=subject.run.recipe(),
        method=_as_made(subject),
        further_steps=_further_steps(subject),
        settings=_settings(subject),
        data=_data(subject),
        arm=_rows(results).get(subject.arm),
        task=task_named(results.get("task")),
        rows=[
            (title_of(name), row)
            for name, row in _rows(results).items()
            if subject.classes and name != subject.arm
        ],
        verdict=verdict_of(results),
        calibration=results.get("calibration", {}).get("words", ""),
        which=which_one(subject.run, subject.arm) if subject.classes else "",
        version=__version__,
        percent=lambda share: f"{100 * share:.1f}",
        digits=in_digits,
    )


def _rows(results: dict[str, Any]) -> dict[str, Any]:
    """What was tested: without fine-tuning, and the arms."""
    return {**results.get("frozen", {}), **results.get("arms", {})}


def provenance(subject: Subject) -> dict[str, str]:
    """Where the weights come from and under which licence, in plain words."""
    description, arm = subject.description, _as_made(subject)
    # A name may be a folder on this machine, which is nobody's business where the card goes.
    name, origin = (_without_folders(text) for text in (description.name, description.origin))
    licence = description.licence
    if licence in _UNKNOWN_LICENCES:
        asked = {description.name, description.origin, description.origin.removeprefix("timm/")}
        licence = next((e.licence for e in CATALOG if e.name in asked), licence)
    return {
        "base_name": name,
        "base_origin": origin,
        "base_licence": licence,
        "method": arm.method,
        "source": f"{arm.source.citation}, {arm.source.url}" if arm.source else "",
        "arm": arm.name,
        "made_by": f"Redistill {__version__}",
    }


def _as_made(subject: Subject) -> Arm:
    """The arm as the run's recipe made it, which says who the first teacher was."""
    return with_teacher(EVERY[subject.arm], subject.run.recipe().distill.teacher)


def _further_steps(subject: Subject) -> int:
    """Steps of the further pre-training behind the weights."""
    run, arm = subject.run, EVERY[subject.arm]
    own = arm.has_own_stages and not arm.is_distilled
    # As long as self-distillation takes, or ended early: how long is known when it is done.
    file = next(
        run.stages.glob(f"*-further-pretrain{f'-{arm.name}' if own else ''}/{SUMMARY}"), None
    )
    if file is None:
        return run.recipe().pretrain.steps
    return int(run.read_json(file.relative_to(run.path).as_posix())["steps"])


def _settings(subject: Subject) -> str:
    """What the arm's way of fine-tuning was set to, in brackets; what was left open is not named.

    Empty when it has no settings.
    """
    found = subject.run.recipe().baselines.model_dump()
    keys = EVERY[subject.arm].settings
    words = ", ".join(f"{key} = {found[key]}" for key in keys if found[key] is not None)
    return f" ({words})" if words else ""


def _without_folders(text: str) -> str:
    return Path(text).name if Path(text).is_absolute() else text


def _data(subject: Subject) -> dict[str, Any]:
    """How many examples of which kind; no names, no paths: a card may be published."""
    try:
        manifest = read_manifest(subject.run.manifest_file)
    except RunError:
        return {}
    splits = {name: len(manifest.used_split(name)) for name in ("train", "val", "test")}
    include_test = subject.run.recipe().data.pretrain_on_test
    chosen = chosen_of(subject.run)
    num_left = chosen.num_left if chosen is not None else 0
    return {
        "pretraining": manifest.num_pretraining(include_test) - num_left,
        "corrected": sum(each.decision == "correct" for each in manifest.corrections),
        "left_out": sum(each.decision == "leave out" for each in manifest.corrections),
        **splits,
    }
