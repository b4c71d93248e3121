"""Steps are compiled where that pays, as measured; else they stay as they are, and it is said."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from core.recipe import RuntimeRecipe
from core.run.events import Event, Noticed
from core.stages.setup import RunSetup
from core.training.compiling import Compilable
from core.training.context import Adjustments, RunContext, StepTimes
from core.training.feed import Feed
from core.training.job import Job
from core.training.optim import decays_in_pretraining
from core.training.order import shuffled_order
from core.training.trial import Trial, is_worth_trying, pays

FOREVER = 10**9


class Slow(nn.Module):
    """Doubles; takes its time unless it is compiled."""

    def forward(self, x: Tensor) -> Tensor:
        if not torch.compiler.is_compiling():
            time.sleep(0.004)
        return 2 * x


class Wrong(nn.Module):
    """Doubles, and compiled it trebles."""

    def forward(self, x: Tensor) -> Tensor:
        if not torch.compiler.is_compiling():
            time.sleep(0.004)
            return 2 * x
        return 3 * x


class Stage:
    """Steps of a module, and what is said of them."""

    def __init__(
        self, folder: Path, module: nn.Module, num_steps: int = FOREVER, backend: Any = "eager"
    ) -> None:
        self.module = module
        self.heard: list[Event] = []
        adjustments = Adjustments.load(folder / "adjustments.json")
        self.context = RunContext(self.heard.append, adjustments)
        feed = Feed(
            source=None,  # type: ignore[arg-type]
            examples=np.arange(2),
            order=shuffled_order(2, 2, 1),
            batch_size=2,
            place=(),
        )
        self.job = Job(
            stage="02-finetune",
            kind="finetune",
            section="finetune",
            folder=folder,
            seed=1,
            objective=module,
            parameters={},
            feed=feed,
            num_steps=num_steps,
            micro_batch_size=2,
            lr=0.1,
            warmup_steps=0,
            weight_decay=0.0,
            decays=decays_in_pretraining,
            betas=(0.9, 0.95),
            clip_norm=0.0,
            compilable=Compilable(module, backend=backend),
        )
        self.trial = Trial(self.job, self.context, lambda: None)
        self.trial.begin(0, in_pieces=False)

    def step(self, number: int) -> float:
        found = float(self.module(torch.ones(3)).sum())
        self.trial.after(number)
        return found

    @property
    def said(self) -> list[str]:
        return [event.id for event in self.heard if isinstance(event, Noticed)]


def test_that_short_stages_are_not_tried() -> None:
    # 20,000 steps of 50 ms win about three minutes; 2,000 win 20 seconds.
    assert is_worth_trying(20_000, 0.05)
    assert not is_worth_trying(2_000, 0.05)


def test_that_what_was_measured_decides_for_the_next_stage() -> None:
    times = StepTimes(eager_s=0.05, compiled_s=0.04, cost_s=60.0)
    assert pays(times, 6_001)
    assert not pays(times, 5_999)
    assert not pays(StepTimes(0.05, 0.049, 0.0), FOREVER)
    assert not pays(StepTimes(0.05, 0.06, 0.0), FOREVER)


def test_that_a_faster_compiled_step_is_kept_and_known_to_the_next_stage(tmp_path: Path) -> None:
    stage = Stage(tmp_path, Slow())
    assert {stage.step(number) for number in range(1, 45)} == {6.0}
    assert stage.said == ["compiling", "compiled"]
    assert stage.job.compilable is not None
    assert stage.job.compilable.is_compiled
    found = Adjustments.load(tmp_path / "adjustments.json").step_times["finetune"]
    assert found.compiled_s < 0.004 <= found.eager_s
    again = Stage(tmp_path, Slow())
    assert again.said == ["compiling"]
    short = Stage(tmp_path, Slow(), num_steps=1)
    assert short.said == ["not-compiled"]


def test_that_a_compiler_that_computes_something_else_is_not_trusted(tmp_path: Path) -> None:
    stage = Stage(tmp_path, Wrong())
    found = [stage.step(number) for number in range(1, 45)]
    assert stage.said == ["compiling", "not-compiled"]
    assert found[-1] == 6.0
    # Nor at the next stage of that kind.
    assert Stage(tmp_path, Wrong()).said == ["not-compiled"]


def test_that_a_compiler_that_fails_leaves_the_step_to_be_done_again(tmp_path: Path) -> None:
    def broken(graph: object, inputs: object) -> Callable[..., Any]:
        raise AssertionError("no such register")

    stage = Stage(tmp_path, Slow(), backend=broken)
    for number in range(1, 21):
        stage.step(number)
    assert stage.said == ["compiling"]
    with pytest.raises(RuntimeError, match="no such register") as failed:
        stage.step(21)
    assert stage.trial.gives_way(failed.value)
    assert stage.said == ["compiling", "not-compiled"]
    assert stage.step(21) == 6.0
    # It is eager now: whatever goes wrong is not the compiler's.
    assert not stage.trial.gives_way(failed.value)


def test_that_stages_with_little_left_stay_as_they_are_and_it_is_said_once(
    tmp_path: Path,
) -> None:
    stage = Stage(tmp_path, Slow(), num_steps=50)
    for number in range(1, 45):
        stage.step(number)
    (told,) = stage.heard
    assert isinstance(told, Noticed)
    assert told.id == "not-compiled"
    assert "only 0.0 minutes of steps are left" in told.text
    # The next stage of the kind, in the same run, has nothing new to say; one of another kind has.
    for kind, number in (("finetune", 1), ("self-distill", 2)):
        trial = Trial(replace(stage.job, kind=kind), stage.context, lambda: None)
        trial.begin(0, in_pieces=False)
        for step in range(1, 45):
            trial.after(step)
        assert len(stage.heard) == number


@pytest.mark.parametrize("gains", [True, False])
def test_that_a_machine_that_can_not_compile_is_told_where_that_would_matter(gains: bool) -> None:
    heard: list[Event] = []
    setup: Any = SimpleNamespace(
        recipe=SimpleNamespace(runtime=RuntimeRecipe()),
        hardware=SimpleNamespace(
            kind=SimpleNamespace(name="cuda", gains_by_compiling=gains), world=2
        ),
        context=RunContext(heard.append, Adjustments(Path("a.json"))),
    )
    for stage in ("01-further-pretrain", "02-finetune"):
        assert RunSetup.compilable(setup, nn.Identity(), stage) is None
    told = [event.text for event in heard if isinstance(event, Noticed)]
    words = (
        "Steps are not compiled, which might make them faster: several processes train together."
    )
    assert told == [words] * gains


def test_that_recipes_say_it_in_the_words_of_today_and_before() -> None:
    assert RuntimeRecipe().compile == "auto"
    assert RuntimeRecipe(compile=True).compile == "on"  # type: ignore[arg-type]
    assert RuntimeRecipe(compile=False).compile == "off"  # type: ignore[arg-type]


def test_that_a_job_without_anything_to_compile_is_left_alone(tmp_path: Path) -> None:
    stage = Stage(tmp_path, Slow())
    job = replace(stage.job, compilable=None)
    trial = Trial(job, RunContext(stage.heard.append, Adjustments(tmp_path / "a.json")), print)
    trial.begin(0, in_pieces=True)
    for number in range(1, 45):
        trial.after(number)
    trial.in_pieces()
    assert not trial.gives_way(RuntimeError("x"))
    assert stage.heard == []
