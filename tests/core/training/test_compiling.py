"""Steps through torch.compile: the same losses, or a refusal in words."""

import sys
from pathlib import Path

import pytest

from core.errors import RunError
from core.recipe import RuntimeRecipe
from core.run.events import Noticed
from core.training.compiling import why_not_compile
from core.training.context import Adjustments
from core.training.device import set_up_hardware
from tests.helpers.trainers import Trainer, events_of, finished, losses_of
from tests.helpers.worlds import World, new_run, with_text_when_slow

# The compiler takes minutes for each stage.
_PATIENCE_S = 1200
_CAN_NOT = why_not_compile("cpu")


def test_that_a_machine_without_a_compiler_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CXX", raising=False)
    with pytest.raises(RunError) as refused:
        set_up_hardware(RuntimeRecipe(device="cpu", compile=True))
    assert refused.value.id == "compile-unavailable"
    assert "no C++ compiler" in refused.value.what


def test_that_the_packaged_program_trains_without_and_says_so(world: World, tmp_path: Path) -> None:
    nothing = {"distill__rounds": 0, "finetune__steps": 0, "finetune__warmup_steps": 0}
    run = new_run(world, tmp_path / "run", pretrain__steps=2, runtime__compile=True, **nothing)
    finished(run, world.cache, packaged)
    assert "not-compiled" in {event.id for event in events_of(run, Noticed)}
    assert len(losses_of(run)["01-further-pretrain"]) == 2


def packaged() -> None:
    sys.frozen = True  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.timeout(3 * _PATIENCE_S)
@pytest.mark.skipif(bool(_CAN_NOT), reason=_CAN_NOT or "-")
@with_text_when_slow
def test_that_compiled_steps_learn_the_same(world: World, tmp_path: Path) -> None:
    more = {"pretrain__steps": 3, "distill__steps": 3, "finetune__steps": 0}
    plain, compiled = (
        new_run(world, tmp_path / name, **more, finetune__warmup_steps=0, runtime__compile=is_it)
        for name, is_it in (("plain", False), ("compiled", True))
    )
    for run in (plain, compiled):
        trainer = Trainer(run, world.cache)
        assert trainer.wait(timeout_s=_PATIENCE_S) == 0, trainer.said()[-3000:]
    assert "compiling" in {event.id for event in events_of(compiled, Noticed)}
    found, wanted = losses_of(compiled), losses_of(plain)
    assert found.keys() == wanted.keys()
    for stage, losses in wanted.items():
        for step, parts in losses.items():
            assert found[stage][step] == pytest.approx(parts, rel=1e-4), (stage, step)


def tried_here() -> None:
    """As on a device that gains by it, whose stages are long."""
    from core.devices.others import Cpu
    from core.training import trial

    Cpu.gains_by_compiling = True
    trial._MARGIN = 0.0


@pytest.mark.slow
@pytest.mark.timeout(3 * _PATIENCE_S)
@pytest.mark.skipif(bool(_CAN_NOT), reason=_CAN_NOT or "-")
@with_text_when_slow
def test_that_stages_that_try_it_learn_the_same_whatever_comes_of_it(
    world: World, tmp_path: Path
) -> None:
    lengths = {"pretrain__steps": 45, "distill__rounds": 0, "finetune__steps": 45}
    more = {**lengths, "finetune__arms": ["base"], "finetune__warmup_steps": 0, "probe__every": 0}
    plain, tried = (
        new_run(world, tmp_path / name, **more, runtime__compile=how)
        for name, how in (("plain", "off"), ("tried", "auto"))
    )
    for run, prelude in ((plain, None), (tried, tried_here)):
        trainer = Trainer(run, world.cache, prelude)
        assert trainer.wait(timeout_s=_PATIENCE_S) == 0, trainer.said()[-3000:]
    said = [event.id for event in events_of(tried, Noticed)]
    assert said.count("compiling") == 2
    assert said.count("compiled") + said.count("not-compiled") == 2
    failed = [event.text for event in events_of(tried, Noticed) if "something else" in event.text]
    assert failed == []
    times = Adjustments.load(tried.path / "adjustments.json").step_times
    assert set(times) == {"further-pretrain", "finetune"}
    found, wanted = losses_of(tried), losses_of(plain)
    assert found.keys() == wanted.keys()
    for stage, losses in wanted.items():
        for step, parts in losses.items():
            assert found[stage][step] == pytest.approx(parts, rel=1e-3), (stage, step)
