"""How fast everything is that a race does, measured in the run itself, once."""

import time
from dataclasses import replace
from functools import partial

from core.errors import RunError
from core.language import _
from core.planning.candidates import Candidate
from core.planning.race import Speeds, judges
from core.recipe.arms import BASE
from core.run.events import Event, Noticed
from core.run.files import SPEEDS
from core.run.plan import SEARCH, StagePlan
from core.stages.finetune_job import finetune_job, first_classifier
from core.stages.first_head import features_of_head, unfitted_classifier
from core.stages.masked_job import train
from core.stages.race.board import Board
from core.stages.race.clock import Spent, StepWatch
from core.stages.race.judged import Pool, agreed, num_labeled, pool_of
from core.stages.race.trial import Candidates, NoTimeError
from core.stages.setup import RunSetup
from core.stages.trial import Trial, with_trial
from core.stages.validation_part import validation_part
from core.system.atomic import write_json
from core.training.checkpoint import remove_checkpoints

# Of a training whose first step is not counted.
_STEPS = 3
# Labeled examples that are looked at to take the time of it.
_LOOKED_AT = 200
# Of the whole time: kinds of candidates that there is no time to measure are left out.
_SHARE = 0.06


def measured_speeds(
    setup: RunSetup,
    race: StagePlan,
    candidates: Candidates,
    asked: list[Candidate],
    spent: Spent,
    board: Board,
) -> Speeds:
    """Seconds of every kind of candidate that there is time for; kept in the race's folder."""
    file = f"stages/{race.name}/{SPEEDS}"
    if (setup.run.path / file).exists():
        return Speeds.from_json(setup.run.read_json(file))
    pool = pool_of(setup, _LOOKED_AT)
    image_s, head_s = _look(setup, pool)
    finetune_s, fixed_s = _finetune(setup, race)
    step_s: dict[str, float] = {}
    for kind in dict.fromkeys(each.kind for each in asked):
        # The gentlest of its kind: a rate that is far too high says nothing of the others.
        candidate = min((each for each in asked if each.kind == kind), key=lambda each: each.lr)
        too_late = spent.seconds > _SHARE * 60 * setup.recipe.race.minutes
        if step_s and agreed(setup, [float(too_late)])[0]:
            break
        found = _timed(candidates, candidate, asked, board)
        if found is not None:
            step_s[candidate.kind] = found
    kinds = list(step_s)
    values = agreed(setup, [finetune_s, image_s, head_s, fixed_s, *step_s.values()])
    step_s = dict(zip(kinds, values[4:], strict=True))
    number = num_labeled(setup)
    speeds = Speeds(
        step_s,
        finetune_step_s=values[0],
        image_s=values[1],
        head_s=values[2],
        fixed_s=values[3],
        num_judged=number,
        num_labeled=number,
        num_validation=len(validation_part(setup)[1]),
    )
    speeds = replace(speeds, num_judged=judges(setup.recipe, speeds))
    write = partial(write_json, setup.run.path / file, speeds.to_json())
    setup.context.write(write, "the race")
    return speeds


def _timed(
    candidates: Candidates, candidate: Candidate, asked: list[Candidate], board: Board
) -> float | None:
    """Seconds of a step; None where none of its kind can be trained, which is noted."""
    try:
        found = candidates.timed(candidate, _STEPS)
        why = _("its loss was no number at once")
    except NoTimeError as error:
        found, why = None, str(error)
    except RunError as error:
        if error.id in {"run-not-writable", "run-damaged", "processes-differ"}:
            raise
        found, why = None, error.what
    if found is None:
        for each in asked:
            if each.kind == candidate.kind and each.name in board.entries:
                board.out(each.name, why)
    return found


def _look(setup: RunSetup, pool: Pool) -> tuple[float, float]:
    """Seconds to look at one example, and to fit a head."""
    from core.evaluate.regularised_probe import fit_regularised

    began = time.monotonic()
    classifier = unfitted_classifier(replace(setup, stages=[]), BASE, 0)
    features = features_of_head(setup, classifier, pool.examples.examples, "the race", None)
    looked = time.monotonic()
    fit_regularised(features, pool.examples.targets, len(setup.classes), seed=setup.recipe.seed)
    head_s = (time.monotonic() - looked) * num_labeled(setup) / len(pool)
    return (looked - began) / len(pool), head_s


def _finetune(setup: RunSetup, race: StagePlan) -> tuple[float, float]:
    """Seconds of a step of fine-tuning, and of a training beside its steps."""
    recipe = setup.recipe.finetune
    rate = min(recipe.search_rates) if recipe.search else recipe.lr
    name = f"{race.name}/speed-finetune"
    stage = StagePlan(name, SEARCH, _STEPS, float(_STEPS), arm=BASE)
    watch = StepWatch(partial(setup.hardware.kind.synchronize, setup.hardware.device))
    own = replace(
        setup,
        stages=[stage],
        recipe=with_trial(setup.recipe, Trial(rate, _STEPS)),
        context=setup.context.told(partial(_hear, setup), watch),
    )
    folder = setup.run.stage(name)
    folder.mkdir(parents=True, exist_ok=True)
    classifier = first_classifier(own, stage)
    began = time.monotonic()
    train(own, finetune_job(own, stage, classifier, folder, flips=False))
    whole_s = time.monotonic() - began
    if setup.context.is_main:
        remove_checkpoints(folder)
    # A resumed one may have had no step left to take the time of.
    step_s = watch.step_s or whole_s / _STEPS
    return step_s, max(0.0, whole_s - _STEPS * step_s)


def _hear(setup: RunSetup, event: Event) -> None:
    if isinstance(event, Noticed):
        setup.context.report(event)
