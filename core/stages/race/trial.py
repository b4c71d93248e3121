"""Candidates of a race, trained and judged, each once; what is done is kept in its folder."""

import json
import shutil
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save

from core.language import _
from core.planning.candidates import Candidate, with_candidate
from core.planning.race import LEAST_WARMUP, WARMUP
from core.recipe.arms import BASE, DISTILLED, FURTHER
from core.run.decoder_use import has_own_decoder, warms_up_decoder
from core.run.events import Event, Noticed, Progress, StepDone
from core.run.files import DECODER, ENCODER, LOOK, SUMMARY, WARMED
from core.run.plan import StagePlan
from core.stages.prepare import decoder_is_fresh
from core.stages.pretraining import further_pretrain, warm_up_decoder
from core.stages.race.clock import StepWatch
from core.stages.race.judged import Look, Pool, agreed, look_at
from core.stages.self_distill import self_distill
from core.stages.setup import RunSetup
from core.system.atomic import write_bytes, write_json
from core.training.checkpoint import remove_checkpoints
from core.training.failures import LossNotFinite
from core.training.ranks import Ranks

# Random numbers of all candidates are drawn from it: they see the same examples in the same order.
_PLACE = "race"
# Of the warm-up that takes its time.
_MEASURED_STEPS = 3


class NoTimeError(Exception):
    """A candidate can't be tried in the time that a race has; it says why."""


@dataclass(frozen=True, eq=False)
class Tried:
    """What came of a trial.

    Attributes:
        look: How good its encoder is; None where it diverged.
        step_s: Seconds of a step; None where it was not taken.
    """

    look: Look | None
    step_s: float | None = None


class Candidates:
    """Trains candidates of a race in folders within its own.

    Args:
        setup: The run.
        race: Its stage.

    Attributes:
        pool: What encoders are judged on, once that is known.
    """

    def __init__(self, setup: RunSetup, race: StagePlan) -> None:
        self._outer, self._race = setup, race
        self.pool: Pool | None = None
        self._ranks = Ranks(setup.hardware)

    def start(self) -> Look | None:
        """How good the model is as it came."""
        return self._look(self._setup([], self._outer.recipe), BASE)

    def _look(self, setup: RunSetup, arm: str) -> Look | None:
        assert self.pool is not None
        return look_at(setup, self.pool, arm)

    def further(self, candidate: Candidate, steps: int, part: str) -> Tried:
        """Further pre-training; `part` names the trial within the race."""
        stage = self._stage("further-pretrain", part, steps, variant=_PLACE)
        recipe = with_candidate(self._outer.recipe, candidate, steps)
        warmed = self._warmed(recipe)
        setup = self._setup([*warmed, stage], recipe)
        return self._try(setup, stage, [*warmed, _of_method(stage)], FURTHER, candidate.title)

    def distilled(self, candidate: Candidate, teacher: str, steps: int, part: str) -> Tried:
        """Self-distillation from a trial of the same candidate."""
        of_teacher = _of_method(self._stage("further-pretrain", teacher, steps))
        stage = self._stage("self-distill", part, steps, round=1)
        recipe = with_candidate(self._outer.recipe, candidate, steps)
        stages = [*self._warmed(recipe), of_teacher, stage]
        setup = self._setup(stages, recipe)
        return self._try(setup, stage, stages, DISTILLED, f"self-distilled: {candidate.title}")

    def timed(self, candidate: Candidate, steps: int) -> float | None:
        """Seconds of a step of a candidate; None where it diverges at once.

        Raises:
            RunError: The model can't be trained so.
            NoTimeError: There is no time to warm up its decoder.
        """
        part = f"speed-{candidate.kind}"
        stage = self._stage("further-pretrain", part, steps, variant=_PLACE)
        recipe = with_candidate(self._outer.recipe, candidate, steps)
        setup = self._setup([*self._warmed(recipe), stage], recipe)
        return self._timed(setup, stage, f"Measuring: {candidate.title}")

    def _timed(self, setup: RunSetup, stage: StagePlan, title: str) -> float | None:
        part = stage.name.partition("/")[2]
        self._remove(part)
        try:
            return self._train(setup, stage, title).step_s
        finally:
            self._remove(part)

    def _folder(self, part: str) -> Path:
        return self._outer.run.stage(f"{self._race.name}/{part}")

    def is_done(self, part: str) -> bool:
        """Whether a trial was ended, by this process or an earlier one; all processes agree."""
        return self._ranks.any([(self._folder(part) / LOOK).exists()])[0]

    def forget(self, part: str) -> None:
        """Remove a trial's encoder, which nothing will start from; what was found of it stays."""
        self._ranks.wait(self._outer.context)
        if self._outer.context.is_main:
            (self._folder(part) / ENCODER).unlink(missing_ok=True)

    def _remove(self, part: str) -> None:
        self._ranks.wait(self._outer.context)
        if self._outer.context.is_main:
            shutil.rmtree(self._folder(part), ignore_errors=True)
        self._ranks.wait(self._outer.context)

    def stages_behind(self, further: str, distilled: str | None, steps: int) -> list[StagePlan]:
        """The trials as stages whose encoders arms start from."""
        stages = [_of_method(self._stage("further-pretrain", further, steps))]
        if distilled is not None:
            stages.append(self._stage("self-distill", distilled, steps, round=1))
        return stages

    def _stage(self, kind: str, part: str, steps: int, **more: Any) -> StagePlan:
        return StagePlan(f"{self._race.name}/{part}", kind, steps, float(steps), **more)

    def _setup(self, stages: list[StagePlan], recipe: Any) -> RunSetup:
        return replace(self._outer, stages=stages, recipe=recipe, is_trial=True)

    def _warmed(self, recipe: Any) -> list[StagePlan]:
        """The warm-up of the decoder that a candidate trains; nothing where none is needed.

        It is done once for all candidates that train the same one.
        """
        is_fresh = decoder_is_fresh(self._outer.run)
        if not warms_up_decoder(recipe, decoder_is_fresh=is_fresh):
            return []
        part = "decoder-warmup"
        if has_own_decoder(recipe):
            part = f"{part}-{recipe.pretrain.objective}"
        stage = self._stage("decoder-warmup", part, self._steps_of_warmup(recipe, part))
        if not (self._folder(part) / SUMMARY).exists():
            self._train(self._setup([stage], recipe), stage, _("Warming up the decoder"))
        return [stage]

    def _steps_of_warmup(self, recipe: Any, part: str) -> int:
        """As many as were asked for, or as there is time for; decided once."""
        asked: int = recipe.model.decoder_warmup_steps
        file = f"stages/{self._race.name}/{part}/{WARMED}"
        run = self._outer.run
        if (run.path / file).exists():
            return int(run.read_json(file)["steps"])
        if (self._folder(part) / SUMMARY).exists():
            return asked  # By a version that did all of them.
        stage = self._stage("decoder-warmup", f"speed-{part}", min(asked, _MEASURED_STEPS))
        title = _("Measuring: the decoder's warm-up")
        found = self._timed(self._setup([stage], recipe), stage, title)
        (step_s,) = agreed(self._outer, [found or 0.0])
        steps = min(asked, int(WARMUP * 60 * recipe.race.minutes / max(step_s, 1e-9)))
        if steps < min(asked, LEAST_WARMUP):
            raise NoTimeError(
                _(
                    "there is no time to warm up its decoder ({asked:,} steps of {step_s:.1f} s, "
                    "model.decoder_warmup_steps)"
                ).format(asked=asked, step_s=step_s)
            )
        self._folder(part).mkdir(parents=True, exist_ok=True)
        write = partial(write_json, run.path / file, {"steps": steps})
        self._outer.context.write(write, "the race")
        self._ranks.wait(self._outer.context)
        return steps

    def warmup_steps(self, recipe: Any) -> int:
        """Of the decoder of a candidate's recipe: as in the race, where it was warmed up there."""
        warmed = self._warmed(recipe)
        return warmed[0].num_steps if warmed else int(recipe.model.decoder_warmup_steps)

    def _try(
        self,
        setup: RunSetup,
        stage: StagePlan,
        behind: list[StagePlan],
        arm: str,
        title: str,
    ) -> Tried:
        """Train it, unless that is done, and look at its encoder."""
        folder = self._outer.run.stage(stage.name)
        kept = _kept(folder)
        if kept is not None:
            return kept
        found = self._train(setup, stage, title)
        if not (folder / SUMMARY).exists():
            tried = Tried(None)
        else:
            look = self._look(replace(setup, stages=behind), arm)
            tried = Tried(look, found.step_s)
        self._outer.context.write(partial(_keep, folder, tried), "the race")
        if self._outer.context.is_main:
            remove_checkpoints(folder)
        self._ranks.wait(self._outer.context)
        return tried

    def _train(self, setup: RunSetup, stage: StagePlan, title: str) -> Tried:
        """Train to the end; a candidate whose loss is no number ends without a summary."""
        folder = self._outer.run.stage(stage.name)
        watch = StepWatch(
            partial(setup.hardware.kind.synchronize, setup.hardware.device),
        )
        if not (folder / SUMMARY).exists():
            self._outer.context.raise_if_requested()
            folder.mkdir(parents=True, exist_ok=True)
            context = setup.context.told(partial(self._hear, title), watch)
            try:
                _STAGES[stage.kind](replace(setup, context=context), stage)
            except LossNotFinite:
                return Tried(None)
            if self._outer.context.is_main and stage.kind != "decoder-warmup":
                # A trial hands on its encoder alone.
                (folder / DECODER).unlink(missing_ok=True)
            self._ranks.wait(self._outer.context)
        return Tried(None, watch.step_s)

    def _hear(self, title: str, event: Event) -> None:
        """Steps of a trial are progress of the race; what the user should know goes through."""
        if isinstance(event, Noticed):
            self._outer.context.report(event)
        if isinstance(event, StepDone):
            progress = Progress(
                stage=self._race.name, what=title, done=event.step, total=event.num_steps
            )
            self._outer.context.report(progress)


_STAGES = {
    "decoder-warmup": warm_up_decoder,
    "further-pretrain": further_pretrain,
    "self-distill": self_distill,
}


def _of_method(stage: StagePlan) -> StagePlan:
    """A trial as what arms start from."""
    return replace(stage, variant="")


def _keep(folder: Path, tried: Tried) -> None:
    look = tried.look
    arrays = {"scores": look.scores if look is not None else np.zeros(0)}
    facts = {"step_s": tried.step_s}
    if look is not None:
        facts |= {key: value for key, value in asdict(look).items() if key != "scores"}
    write_bytes(folder / LOOK, save(arrays, metadata={"facts": json.dumps(facts)}))


def _kept(folder: Path) -> Tried | None:
    """A trial that an earlier process finished."""
    file = folder / LOOK
    if not file.exists():
        return None
    from safetensors import safe_open

    scores = load_file(file)["scores"]
    with safe_open(file, framework="numpy") as opened:
        facts = json.loads(opened.metadata()["facts"])
    step_s = facts.pop("step_s")
    return Tried(Look(scores, **facts) if len(scores) else None, step_s)
