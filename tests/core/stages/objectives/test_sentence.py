"""The contrast of sentences: its views, and its gradient when a batch is cut."""

import math

import pytest
import torch

from core.models.for_objectives import Views
from core.models.masked_model import Batch
from core.recipe import ObjectivesRecipe
from core.stages.objectives.sentence import SentenceObjective
from core.text.model.masked_lm import MaskedLanguageModel
from core.text.model.store import load_masked_lm
from core.text.model.views import text_view
from core.training.feed import BatchPlace
from tests.helpers.text_worlds import save_tiny_masked_lm

ROWS = 5
LENGTHS = (8, 7, 5, 3, 2)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> MaskedLanguageModel:
    folder = save_tiny_masked_lm(tmp_path_factory.mktemp("lm") / "bert")
    return load_masked_lm(
        str(folder), max_length=16, whole_words=False, pooling="mean", offline=True
    )


def drawn(model: MaskedLanguageModel, length: int = max(LENGTHS)) -> Batch:
    generator = torch.Generator().manual_seed(0)
    views = model.draw_views(
        ROWS, generator, Views(number=2, flips=False, settings=ObjectivesRecipe())
    )
    ids = torch.randint(5, 40, (ROWS, length), generator=generator)
    mask = (torch.arange(length) < torch.tensor(LENGTHS)[:, None]).long()
    ids[:, 0] = 2
    ids[torch.arange(ROWS), torch.tensor(LENGTHS) - 1] = 3
    return {"input_ids": ids * mask, "attention_mask": mask, **views}


def test_that_the_tokens_drawn_below_zero_are_left_out() -> None:
    # [CLS] a b c [SEP] [PAD]; of the second text all would go.
    is_special = torch.tensor([True, False, False, False, True, True])
    batch = {
        "input_ids": torch.tensor([[4, 1, 2, 3, 5, 0], [4, 1, 5, 0, 0, 0]]),
        "attention_mask": torch.tensor([[1, 1, 1, 1, 1, 0], [1, 1, 1, 0, 0, 0]]),
        "view_left_out": torch.tensor(
            [
                [[-0.1, 0.2, -0.1, 0.3, -0.1, 0.5], [0.4, -0.2, 0.4, -0.1, 0.4, 0.4]],
                [[0.1, -0.2, 0.1, 0.1, 0.1, 0.1], [0.4, -0.2, 0.4, 0.4, 0.4, 0.4]],
            ]
        ),
    }
    first, second = (text_view(batch, number, is_special)["attention_mask"] for number in (0, 1))
    assert first.tolist() == [[1, 1, 0, 1, 1, 0], [1, 1, 1, 0, 0, 0]]
    assert second.tolist() == [[1, 0, 1, 0, 1, 0], [1, 1, 1, 0, 0, 0]]


def test_that_a_share_of_the_tokens_is_left_out_and_each_view_lacks_others(
    model: MaskedLanguageModel,
) -> None:
    generator = torch.Generator().manual_seed(1)
    settings = ObjectivesRecipe(sentence_left_out=0.25)
    views = model.draw_views(2000, generator, Views(number=2, flips=False, settings=settings))
    left_out = views["view_left_out"] < 0
    assert float(left_out.float().mean()) == pytest.approx(0.25, abs=0.01)
    both = left_out[:, 0] & left_out[:, 1]
    assert float(both.float().mean()) == pytest.approx(0.0625, abs=0.01)


def test_that_the_loss_is_that_of_what_the_model_itself_reads(
    model: MaskedLanguageModel,
) -> None:
    batch = drawn(model)
    loss = SentenceObjective(model, temperature=0.5)(batch, BatchPlace(0, 0, ROWS))["sentence"]
    looked = torch.cat([model.represent(model.view(batch, number)) for number in (0, 1)]).detach()
    length = looked / looked.norm(dim=1, keepdim=True)
    expected = 0.0
    for row in range(2 * ROWS):
        others = [place for place in range(2 * ROWS) if place != row]
        similar = {place: float(length[row] @ length[place]) / 0.5 for place in others}
        whole = math.log(sum(math.exp(value) for value in similar.values()))
        expected += (whole - similar[(row + ROWS) % (2 * ROWS)]) / (2 * ROWS)
    assert loss.item() == pytest.approx(expected, rel=1e-4)


def test_that_pieces_have_loss_and_gradient_of_the_whole_batch(
    model: MaskedLanguageModel,
) -> None:
    objective = SentenceObjective(model, temperature=0.05)
    batch = drawn(model)
    own = list(model.encoder.parameters())
    whole = objective(batch, BatchPlace(0, 0, ROWS))["loss"]
    expected = torch.autograd.grad(whole, own)
    batch |= objective.pulls(objective.look(batch))
    pieces = []
    for start, end in ((0, 2), (2, 5)):
        # A piece is padded no further than its own texts.
        longest = LENGTHS[start]
        piece = {name: value[start:end] for name, value in batch.items()}
        piece |= {name: piece[name][:, :longest] for name in ("input_ids", "attention_mask")}
        losses = objective(piece, BatchPlace(0, start, ROWS))
        pieces.append(torch.autograd.grad(losses["loss"] * (end - start) / ROWS, own))
    for one, other, wanted in zip(*pieces, expected, strict=True):
        torch.testing.assert_close(one + other, wanted, atol=1e-5, rtol=1e-3)


def test_that_a_text_of_one_word_keeps_it(model: MaskedLanguageModel) -> None:
    batch = drawn(model)
    for number in (0, 1):
        kept = model.view(batch, number)["attention_mask"]
        assert (kept[3, :3] == 1).all()
