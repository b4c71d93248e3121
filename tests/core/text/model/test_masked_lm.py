"""Masked language models: the objective, the representation, and what is kept on disk."""

from copy import deepcopy
from pathlib import Path

import pytest
import torch
from torch import nn

from core.errors import RunError
from core.models.attention import attend_plainly_on_cpu, attend_without_asking
from core.models.dropout import RowDropout
from core.recipe import Recipe
from core.stages.finetune_objective import FinetuneObjective
from core.stages.regularise.r3f import R3F
from core.stages.self_distill import freeze_decoder
from core.stages.tasks.single_label import CrossEntropy
from core.text.model.masked_lm import IGNORED, MaskedLanguageModel
from core.text.model.open_classifier import open_text_classifier
from core.text.model.store import load_masked_lm, open_masked_lm, save_masked_lm
from core.training.device import has_bfloat16
from core.training.feed import BatchPlace
from core.training.optim import decays_in_pretraining, finetuning_decay
from tests.helpers.text_worlds import ARCHITECTURES, save_tiny_masked_lm


@pytest.fixture(scope="module", params=list(ARCHITECTURES))
def model(request, tmp_path_factory) -> MaskedLanguageModel:
    folder = save_tiny_masked_lm(tmp_path_factory.mktemp("lm") / request.param, request.param)
    return load_masked_lm(str(folder), max_length=32, whole_words=False, offline=True).eval()


def a_batch(lengths: tuple[int, ...] = (8, 5, 3)) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    longest = max(lengths)
    ids = torch.randint(5, 60, (len(lengths), longest), generator=generator)
    mask = torch.zeros(len(lengths), longest, dtype=torch.long)
    ids[:, 0] = 2
    for row, length in enumerate(lengths):
        ids[row, length - 1] = 3
        ids[row, length:] = 0
        mask[row, :length] = 1
    start = torch.arange(longest).expand(len(lengths), longest).clone()
    return {"input_ids": ids, "attention_mask": mask, "word_start": start}


def test_that_the_loss_of_a_row_is_that_of_transformers(model: MaskedLanguageModel) -> None:
    batch = a_batch()
    noise = model.mask_noise(3, torch.Generator().manual_seed(2))
    inputs, targets = model.masked_inputs(batch, noise)
    expected = [
        model.whole(
            input_ids=inputs[row : row + 1],
            attention_mask=batch["attention_mask"][row : row + 1],
            labels=targets[row : row + 1],
        ).loss
        for row in range(3)
    ]
    loss = model.masked_loss(batch, noise)
    torch.testing.assert_close(loss, torch.stack(expected).mean(), atol=1e-5, rtol=0)


def test_that_hidden_tokens_found_beforehand_give_the_same_loss(
    model: MaskedLanguageModel,
) -> None:
    batch = a_batch((20, 9, 3))
    noise = model.mask_noise(3, torch.Generator().manual_seed(2))
    planned = model.plan_masks({**batch, "noise": noise})
    targets = model.masked_inputs(batch, noise)[1]
    for row, places in enumerate(planned["chosen"]):
        expected = (targets[row] != IGNORED).nonzero().squeeze(1)
        assert places[places >= 0].tolist() == expected.tolist()
    expected = model.masked_loss(batch, noise)
    torch.testing.assert_close(model.masked_loss({**batch, **planned}, noise), expected)
    # A piece of the batch has places for more tokens than it needs.
    piece = {key: value[2:] for key, value in {**batch, **planned}.items()}
    alone = {key: value[2:] for key, value in batch.items()}
    found = model.masked_loss(piece, noise[2:])
    torch.testing.assert_close(found, model.masked_loss(alone, noise[2:]))


def test_that_attention_that_asks_nothing_gives_the_same(model: MaskedLanguageModel) -> None:
    asking_nothing = deepcopy(model)
    attend_without_asking(asking_nothing)
    for lengths in ((16, 4), (8, 8)):
        batch = a_batch(lengths)
        torch.testing.assert_close(asking_nothing.represent(batch), model.represent(batch))


def test_that_a_padded_row_gives_what_it_gives_alone(model: MaskedLanguageModel) -> None:
    batch = a_batch((8, 4))
    for match in ("class_token", "patch_mean"):
        together = model.represent(batch, match)
        alone = model.represent({key: value[1:, :4] for key, value in batch.items()}, match)
        torch.testing.assert_close(together[1:], alone, atol=1e-5, rtol=1e-4)
    both = model.represent(batch, "class_and_patches")
    torch.testing.assert_close(both[:, 0], model.represent(batch))
    torch.testing.assert_close(both[:, 1], together)


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
def test_that_padding_changes_nothing_in_any_precision_or_attention(
    model: MaskedLanguageModel, attention: str
) -> None:
    # A copy as training has it on a CPU: `core.models.attention` may switch it to eager.
    trained = deepcopy(model)
    if attention == "eager":
        attend_plainly_on_cpu(trained)
    batch = a_batch((16, 4))
    noise = model.mask_noise(2, torch.Generator().manual_seed(2))
    alone = {key: value[1:, :4] for key, value in batch.items()}
    for dtype, tolerance in ((torch.float32, 1e-5), (torch.bfloat16, 3e-2)):
        with torch.autocast("cpu", dtype, enabled=dtype == torch.bfloat16):
            together = trained.represent(batch)[1:].detach().float()
            expected = trained.represent(alone).detach().float()
            loss = trained.masked_loss(alone, noise[1:])
        scale = float(expected.abs().max())
        assert float((together - expected).abs().max()) <= tolerance * scale
        loss.backward()
        assert all(p.grad is None or p.grad.isfinite().all() for p in trained.parameters())


def test_that_a_saved_model_opens_the_same(model: MaskedLanguageModel, tmp_path: Path) -> None:
    save_masked_lm(tmp_path, model)
    again = open_masked_lm(tmp_path).eval()
    batch, noise = a_batch(), model.mask_noise(3, torch.Generator().manual_seed(2))
    assert torch.equal(again.masked_loss(batch, noise), model.masked_loss(batch, noise))


def test_that_a_saved_classifier_opens_the_same(model: MaskedLanguageModel, tmp_path: Path) -> None:
    classifier = model.build_classifier(3, dropout=0.5).eval()
    classifier.save(tmp_path, ["a", "b", "c"])
    again, classes = open_text_classifier(tmp_path)
    assert classes == ["a", "b", "c"]
    assert torch.equal(again(a_batch()), classifier(a_batch()))
    classifier.train()
    classifier.set_dropout_rows(1, 0, 3)
    assert not torch.allclose(classifier(a_batch()), again(a_batch()))


def test_that_the_output_layer_makes_the_logits(model: MaskedLanguageModel) -> None:
    # As many classes as the width, so that no other layer is told apart by its shape.
    classifier = model.build_classifier(16, dropout=0.0).eval()
    made: list[torch.Tensor] = []
    classifier.output_layer.register_forward_hook(lambda *args: made.append(args[-1]))
    batch = {
        "input_ids": torch.randint(5, 20, (2, 6)),
        "attention_mask": torch.ones(2, 6, dtype=torch.long),
    }
    assert torch.equal(classifier(batch), made[-1])


def test_that_encoder_and_new_head_are_the_whole_classifier(model: MaskedLanguageModel) -> None:
    classifier = model.build_classifier(3, dropout=0.1)
    pretrained = {id(each) for each in classifier.backbone.parameters()}
    new = {id(each) for each in classifier.head.parameters()}
    assert not pretrained & new
    assert pretrained | new == {id(each) for each in classifier.whole.parameters()}
    before = model.encoder.state_dict()
    for name, value in classifier.backbone.state_dict().items():
        assert torch.equal(value, before[name])
    assert {id(each) for each in classifier.embedding.parameters()} <= pretrained


def test_that_dropout_is_drawn_for_the_global_batch(model: MaskedLanguageModel) -> None:
    classifier = model.build_classifier(3, dropout=0.3).train()
    batch = a_batch()
    classifier.set_dropout_rows(5, 0, 3)
    whole = classifier(batch)
    classifier.set_dropout_rows(5, 2, 3)
    last = classifier({key: value[2:] for key, value in batch.items()})
    torch.testing.assert_close(last, whole[2:], atol=1e-5, rtol=1e-4)


@pytest.fixture(scope="module")
def bert(tmp_path_factory) -> MaskedLanguageModel:
    folder = save_tiny_masked_lm(tmp_path_factory.mktemp("lm") / "bert")
    return load_masked_lm(str(folder), max_length=64, whole_words=False, offline=True).eval()


def test_that_15_percent_are_chosen_80_10_10(bert: MaskedLanguageModel) -> None:
    batch = a_batch((64,) * 400)
    noise = bert.mask_noise(400, torch.Generator().manual_seed(3))
    inputs, targets = bert.masked_inputs(batch, noise)
    ordinary = batch["input_ids"] >= 5
    chosen = targets != IGNORED
    assert not (chosen & ~ordinary).any()
    assert float(chosen.sum() / ordinary.sum()) == pytest.approx(0.15, abs=0.01)
    assert torch.equal(inputs[~chosen], batch["input_ids"][~chosen])
    hidden, kept = inputs[chosen] == 4, inputs[chosen] == targets[chosen]
    assert float(hidden.float().mean()) == pytest.approx(0.8, abs=0.03)
    # A random token is by chance the old one, once in sixty times.
    assert float(kept.float().mean()) == pytest.approx(0.1, abs=0.03)
    assert (inputs[chosen][~hidden] >= 5).all()


def test_that_every_row_has_something_to_learn_from(bert: MaskedLanguageModel) -> None:
    noise = torch.full((1, 64, 3), 0.99)
    noise[0, 2, 0] = 0.98
    _, targets = bert.masked_inputs(a_batch((5,)), noise)
    assert (targets[0] != IGNORED).nonzero().flatten().tolist() == [2]


def test_that_few_sizes_of_batch_reach_the_vocabulary(bert: MaskedLanguageModel) -> None:
    # Each size costs time and memory: libraries make kernels for it, and keep them.
    numbers: list[int] = []
    hook = bert.whole.get_output_embeddings().register_forward_hook(
        lambda _module, _inputs, logits: numbers.append(len(logits))
    )
    batch = a_batch((32,) * 40)
    for seed in range(20):
        noise = bert.mask_noise(40, torch.Generator().manual_seed(seed))
        _, targets = bert.masked_inputs(batch, noise)
        bert.masked_loss(batch, noise)
        assert 0 <= numbers[-1] - (targets != IGNORED).sum() < 64
    hook.remove()
    assert {number % 64 for number in numbers} == {0}
    assert len(set(numbers)) <= 3


@pytest.mark.slow
@pytest.mark.skipif(not has_bfloat16("cpu"), reason="no run takes bfloat16 on this processor")
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux says what is held")
def test_that_steps_with_many_numbers_of_tokens_keep_no_memory() -> None:
    model = load_masked_lm("starter-text", max_length=64, whole_words=False, offline=True)
    batch = a_batch((64,) * 8)

    def step(seed: int) -> None:
        noise = model.mask_noise(8, torch.Generator().manual_seed(seed))
        with torch.autocast("cpu", torch.bfloat16):
            loss = model.masked_loss(batch, noise)
        loss.backward()

    for seed in range(3):
        step(seed)
    before = held_mib()
    for seed in range(3, 28):
        step(seed)
    # A kernel for each number of chosen tokens, kept, were 60 MiB and more.
    assert held_mib() - before < 45


def held_mib() -> float:
    """Memory of this process that no file backs."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (line,) = (each for each in lines if each.startswith("RssAnon"))
    return int(line.split()[1]) / 1024


def test_that_whole_words_are_masked_together(tmp_path: Path) -> None:
    folder = save_tiny_masked_lm(tmp_path / "bert")
    model = load_masked_lm(str(folder), max_length=64, whole_words=True, offline=True)
    batch = a_batch((21,) * 50)
    batch["word_start"] = torch.tensor([0, *(1 + 3 * (k // 3) for k in range(19)), 20]).expand(
        50, -1
    )
    noise = model.mask_noise(50, torch.Generator().manual_seed(4))
    _, targets = model.masked_inputs(batch, noise)
    words = (targets != IGNORED)[:, 1:19].reshape(50, 6, 3)
    assert words.any()
    assert torch.equal(words.all(dim=2), words.any(dim=2))


def test_that_unusable_models_are_refused_in_words(tmp_path: Path) -> None:
    folder = save_tiny_masked_lm(tmp_path / "bert")
    (folder / "tokenizer.json").unlink()
    with pytest.raises(RunError) as refused:
        load_masked_lm(str(folder), max_length=64, whole_words=False, offline=True)
    assert refused.value.id == "no-fast-tokenizer"
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(RunError) as refused:
        load_masked_lm(str(folder), max_length=64, whole_words=False, offline=True)
    assert refused.value.id == "only-pickles"


def test_that_random_tokens_are_ones_that_the_tokenizer_has(tmp_path: Path) -> None:
    # Embeddings are often padded to a multiple of 64 or 128.
    folder = save_tiny_masked_lm(tmp_path / "lm", "bert", vocab_size=512)
    model = load_masked_lm(str(folder), max_length=32, whole_words=False, offline=True)
    known = model.description.build_tokenizer().get_vocab_size()
    assert known < 200
    batch = a_batch((32,) * 64)
    noise = model.mask_noise(64, torch.Generator().manual_seed(3))
    noise[..., 0] = 0.0  # all are chosen
    noise[..., 1] = 0.85  # and replaced
    inputs, targets = model.masked_inputs(batch, noise)
    replaced = inputs[targets != IGNORED]
    assert len(replaced.unique()) > known / 2
    assert int(replaced.max()) < known


@pytest.mark.parametrize("is_tied", [True, False])
def test_that_a_decoder_is_frozen_but_for_what_the_encoder_shares(
    tmp_path: Path, is_tied: bool
) -> None:
    folder = save_tiny_masked_lm(tmp_path / "lm", "bert", tie_word_embeddings=is_tied)
    model = load_masked_lm(str(folder), max_length=32, whole_words=False, offline=True)
    freeze_decoder(model)
    assert all(parameter.requires_grad for parameter in model.encoder.parameters())
    output = model.whole.get_output_embeddings()
    assert output.weight.requires_grad == is_tied
    assert not output.bias.requires_grad


def test_that_dropout_is_what_the_model_was_pretrained_with(tmp_path: Path) -> None:
    for share in (0.25, 0.0):
        folder = save_tiny_masked_lm(tmp_path / f"{share}", "bert", hidden_dropout_prob=share)
        model = load_masked_lm(str(folder), max_length=32, whole_words=False, offline=True)
        classifier = model.build_classifier(3, dropout=None)
        found = {part.p for part in classifier.modules() if isinstance(part, RowDropout)}
        assert found == {share}


def test_that_norms_and_positions_of_a_text_model_never_decay(
    model: MaskedLanguageModel,
) -> None:
    classifier = model.build_classifier(3, dropout=0.0)
    recipe = Recipe.model_validate({"data": {"kind": "text"}})
    finetuning = finetuning_decay(with_norms=recipe.finetune.decay_norms)
    for whole, decays in ((model, decays_in_pretraining), (classifier, finetuning)):
        norms = {
            f"{name}.weight"
            for name, part in whole.named_modules()
            if "norm" in type(part).__name__.lower()
        }
        assert norms
        for name, parameter in whole.named_parameters():
            is_plain = name in norms or name.endswith("bias") or "position_embeddings" in name
            is_plain |= "rel_embeddings" in name or parameter.ndim < 2
            assert decays(name, parameter) is not is_plain, name


def test_that_the_noise_of_r3f_reaches_the_encoder_whatever_the_precision(
    model: MaskedLanguageModel,
) -> None:
    classifier = model.build_classifier(3, 0.0)
    penalty = R3F(classifier, weight=1.0, eps=1e-5, distribution="uniform", place=(0, "x"))
    objective = FinetuneObjective(classifier, CrossEntropy(), (0, "x"), penalty)
    first = next(each for each in classifier.backbone.modules() if isinstance(each, nn.LayerNorm))
    seen: list[torch.Tensor] = []
    first.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].detach()))
    batch = {**a_batch((8, 8, 8)), "label": torch.tensor([0, 1, 2])}
    with torch.autocast("cpu", dtype=torch.bfloat16):
        objective(batch, BatchPlace(step=0, start=0, global_rows=3))["loss"].backward()
    clean, noisy = seen
    assert clean.dtype == torch.float32
    # Rounded to bfloat16, next to none of them would differ.
    assert (clean != noisy).float().mean().item() > 0.9
    assert (clean.bfloat16() != noisy.bfloat16()).float().mean().item() < 0.2
