"""The seam of encoder weights: stages carry them in whatever form a model keeps them."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from core.errors import RunError
from core.images.model.store import open_model
from core.models.masked_model import Classifier, MaskedModel
from core.run.events import Event, StepDone
from core.run.folder import RunFolder
from core.stages.first_head import fit_head
from core.stages.pipeline import run_stages
from core.stages.setup import RunSetup
from core.stages.weights import load_encoder
from core.training.context import Adjustments, RunContext
from core.training.device import set_up_hardware
from tests.helpers.faces import prepare
from tests.helpers.low_rank import LowRank, LowRankImages, LowRankTexts
from tests.helpers.worlds import World, new_run, tiny_recipe, with_text_when_slow

FURTHER, ROUND_1, ROUND_2 = (
    "01-further-pretrain",
    "02-self-distill-round-1",
    "03-self-distill-round-2",
)


class Story:
    """A run within this process, and what it told."""

    def __init__(self, world: World, path: Path, **changes: object) -> None:
        self.run: RunFolder = new_run(world, path, **changes)
        self.events: list[Event] = []
        recipe = tiny_recipe(world, **changes)
        context = RunContext(
            self.events.append, Adjustments.load(self.run.path / "adjustments.json")
        )
        hardware = set_up_hardware(recipe.runtime)
        self.setup: RunSetup = prepare(self.run, recipe, hardware, context)

    def low_rank(self) -> RunSetup:
        """The run's setup with a model in the other form; nothing else differs."""
        is_text = self.setup.recipe.data.kind == "text"
        return replace(self.setup, modality=LowRankTexts() if is_text else LowRankImages())

    def encoder(self, stage: str, file: str = "encoder.safetensors") -> dict[str, Tensor]:
        """What a stage has written."""
        return load_file(self.run.stage(stage) / file)


@pytest.fixture
def cache(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDISTILL_CACHE", str(world.cache))


@pytest.fixture
def story(world: World, cache: None, tmp_path: Path) -> Story:
    return Story(
        world,
        tmp_path / "run",
        distill__rounds=2,
        # So a fine-tuned encoder is the very one it started from.
        finetune__lr=1e-12,
        finetune__weight_decay=0.0,
        finetune__arms=["base", "further", "distilled", "mars"],
        probe__every=6,
    )


@with_text_when_slow
def test_that_a_model_in_another_form_goes_through_all_stages(story: Story) -> None:
    setup = story.low_rank()
    layers = [
        name
        for name, part in setup.pretrained_model().encoder.named_modules()
        if isinstance(part, LowRank)
    ]
    run_stages(setup)
    initial = load_file(story.run.model / "encoder.safetensors")
    assert layers
    for stage in (FURTHER, ROUND_1, ROUND_2):
        now = story.encoder(stage)
        assert {name: value.shape for name, value in now.items()} == {
            name: value.shape for name, value in initial.items()
        }
        for name in layers:
            strengths = torch.linalg.svdvals(now[f"{name}.weight"] - initial[f"{name}.weight"])
            # What was learned is in the file, and it is of rank one.
            assert strengths[0] > 1e-3, (stage, name)
            assert strengths[1] < 1e-3 * strengths[0], (stage, name)
        best = story.encoder(stage, "best_encoder.safetensors")
        # The initial encoder is probed, too, and may be the best.
        kept = (now, initial)
        assert any(all(torch.equal(best[name], each[name]) for name in now) for each in kept)
        squares = sum(float((now[name] - initial[name]).square().sum()) for name in initial)
        summary = story.run.read_json(f"stages/{stage}/summary.json")
        assert summary["distance_from_initial"]["total"] == pytest.approx(squares**0.5, rel=1e-4)
    check_teachers(story, setup)
    check_classifiers(story, initial)


def check_teachers(story: Story, setup: RunSetup) -> None:
    """A student starts at the distance from its teacher that plain models tell."""
    batch = setup.source.batch(setup.unlabeled)
    for teacher, stage in ((FURTHER, ROUND_1), (ROUND_1, ROUND_2)):
        model = story.setup.pretrained_model().eval()
        with torch.no_grad():
            initial = model.represent(batch)
            load_encoder(model, story.run.stage(teacher) / "encoder.safetensors")
            distances = (model.represent(batch) - initial).square().sum(dim=-1)
        told = [
            event.losses["distill"]
            for event in story.events
            if isinstance(event, StepDone) and event.stage == stage and event.step == 1
        ]
        assert distances.min() > 0
        assert float(distances.min()) * 0.999 <= told[0] <= float(distances.max()) * 1.001


def check_classifiers(story: Story, initial: dict[str, Tensor]) -> None:
    """Fine-tuning starts from merged weights, under plain names."""
    starts = {"base": initial, "mars": initial}
    starts |= {"further": story.encoder(FURTHER), "distilled": story.encoder(ROUND_2)}
    for arm, encoder in starts.items():
        (folder,) = story.run.path.glob(f"stages/*-finetune-{arm}-seed-0")
        found = load_file(folder / "classifier.safetensors")
        prefixes = ("model.encoder.", "encoder.")
        prefix = next(each for each in prefixes if any(name.startswith(each) for name in found))
        of_encoder = {
            name.removeprefix(prefix): value
            for name, value in found.items()
            if name.startswith(prefix)
        }
        assert of_encoder.keys() == encoder.keys()
        for name, value in encoder.items():
            torch.testing.assert_close(of_encoder[name], value, atol=1e-9, rtol=1e-6)


@with_text_when_slow
@pytest.mark.parametrize("is_low_rank", [False, True])
def test_that_weights_that_do_not_fit_are_refused_and_nothing_changes(
    world: World, cache: None, tmp_path: Path, is_low_rank: bool
) -> None:
    story = Story(world, tmp_path / "run")
    setup = story.low_rank() if is_low_rank else story.setup
    model: MaskedModel = setup.pretrained_model()
    before = {name: value.clone() for name, value in model.encoder_state().items()}
    matrix = next(name for name, value in before.items() if value.ndim == 2)
    other = {name: value + 1 for name, value in before.items()}
    refused = {
        f"1 tensors are missing, the first is {matrix}": {
            name: value for name, value in other.items() if name != matrix
        },
        "1 tensors have no place, the first is lora.a": {**other, "lora.a": torch.ones(1)},
        f"{matrix} has shape": {**other, matrix: other[matrix].T[:-1].contiguous()},
    }
    for words, state in refused.items():
        with pytest.raises(RunError, match=words) as misfit:
            model.load_encoder_state(state)
        assert misfit.value.id == "encoder-misfit"
        save_file(state, tmp_path / "encoder.safetensors")
        with pytest.raises(RunError, match=words) as damaged:
            load_encoder(model, tmp_path / "encoder.safetensors")
        assert damaged.value.id == "run-damaged"
    after = model.encoder_state()
    assert all(torch.equal(after[name], value) for name, value in before.items())
    model.load_encoder_state(other)
    after = model.encoder_state()
    assert all(torch.equal(after[name], value) for name, value in other.items())


def test_that_of_several_encoders_the_mean_is_taken(world: World, tmp_path: Path) -> None:
    model = open_model(world.model)
    one = {name: value.clone() for name, value in model.encoder_state().items()}
    save_file(one, tmp_path / "one.safetensors")
    other = {name: value + 2 for name, value in one.items()}
    save_file(other, tmp_path / "other.safetensors")
    load_encoder(model, tmp_path / "one.safetensors", tmp_path / "other.safetensors")
    for name, value in model.encoder_state().items():
        torch.testing.assert_close(value, one[name] + 1)


@pytest.mark.parametrize("content", [None, b"cut off"])
def test_that_an_encoder_that_can_not_be_read_is_named(
    world: World, cache: None, tmp_path: Path, content: bytes | None
) -> None:
    model = Story(world, tmp_path / "run").setup.pretrained_model()
    file = tmp_path / "encoder.safetensors"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(RunError, match=r"The file encoder\.safetensors of the run"):
        load_encoder(model, file)


# --- layers whose weights are set directly ------------------------------------------------------


class Shifted(nn.Module):
    """A layer with something around it."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        """More than the inner layer."""
        return self.inner(x) + torch.arange(3.0)


@with_text_when_slow
def test_that_a_head_with_something_around_it_is_not_fitted(
    world: World, cache: None, tmp_path: Path
) -> None:
    setup = Story(world, tmp_path / "run").setup
    classifier: Classifier = setup.pretrained_model().build_classifier(3, 0.0)
    fit_head(setup, classifier, None)
    owner = getattr(classifier, "whole", classifier)
    name = "head" if owner is classifier else "classifier"
    setattr(owner, name, Shifted(getattr(owner, name)))
    with pytest.raises(RunError) as refused:
        fit_head(setup, classifier, None)
    assert refused.value.id == "layer-not-plain"
