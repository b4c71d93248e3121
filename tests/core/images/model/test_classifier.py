import pytest
import torch
from torch import nn

from core.errors import RunError
from core.images.model.open_classifier import open_classifier
from core.models.dropout import RowDropout
from tests.core.images.model.test_mae import KINDS, NAMES, build
from tests.core.images.model.tiny_models import random_pixels


@pytest.mark.parametrize("kind", KINDS)
def test_that_every_kind_of_encoder_is_fine_tuned(kind):
    classifier = build(**KINDS[kind]).build_classifier(3, dropout=0.1).train()
    classifier.set_dropout_rows(seed=1, start=0, global_rows=2)
    logits = classifier({"pixels": random_pixels(2, *classifier.preprocessing.image_size)})
    assert logits.shape == (2, 3)
    nn.functional.cross_entropy(logits, torch.tensor([0, 2])).backward()
    without = [name for name, value in classifier.named_parameters() if value.grad is None]
    assert without == []


@pytest.mark.parametrize("name", NAMES)
def test_that_timm_architectures_are_fine_tuned(name):
    classifier = build(name).build_classifier(3, dropout=0.1).train()
    classifier.set_dropout_rows(seed=1, start=0, global_rows=2)
    classifier({"pixels": random_pixels(2)}).sum().backward()
    assert all(value.grad is not None for value in classifier.parameters())


def test_that_dropout_sits_where_transformers_has_it():
    classifier = build().build_classifier(3, dropout=0.1)
    found = {name for name, module in classifier.named_modules() if isinstance(module, RowDropout)}
    # After the embeddings, each attention projection and each MLP.
    assert found == {
        "model.encoder.pos_drop",
        *(
            f"model.encoder.blocks.{n}.{place}"
            for n in range(2)
            for place in ("attn.proj_drop", "mlp.drop2")
        ),
    }


def test_that_the_encoder_is_copied():
    model = build()
    classifier = model.build_classifier(3, dropout=0.1)
    with torch.no_grad():
        classifier.model.encoder.cls_token.add_(1)
    assert not torch.equal(classifier.model.encoder.cls_token, model.encoder.cls_token)
    assert hasattr(model, "decoder")
    assert not any(isinstance(module, RowDropout) for module in model.modules())


@pytest.mark.parametrize("cuts", [(8,), (4, 4), (3, 5), (1,) * 8])
def test_that_dropout_does_not_depend_on_how_a_batch_is_cut(cuts):
    classifier = build().build_classifier(3, dropout=0.3).train()
    pixels = random_pixels(8)
    classifier.set_dropout_rows(seed=5, start=0, global_rows=8)
    whole = classifier({"pixels": pixels})
    pieces, start = [], 0
    for rows in cuts:
        classifier.set_dropout_rows(seed=5, start=start, global_rows=8)
        pieces.append(classifier({"pixels": pixels[start : start + rows]}))
        start += rows
    torch.testing.assert_close(torch.cat(pieces), whole, atol=1e-5, rtol=1e-5)


def test_that_dropout_differs_between_steps_rows_and_places():
    classifier = build().build_classifier(3, dropout=0.3).train()
    one = random_pixels(1).expand(2, -1, -1, -1)
    classifier.set_dropout_rows(seed=5, start=0, global_rows=2)
    first = classifier({"pixels": one})
    classifier.set_dropout_rows(seed=6, start=0, global_rows=2)
    second = classifier({"pixels": one})
    assert not torch.allclose(first, second)
    assert not torch.allclose(first[0], first[1])
    place = classifier._place
    outputs = [RowDropout(0.5, place, index)(torch.ones(2, 50)) for index in (0, 1)]
    assert not torch.equal(*outputs)


def test_that_dropout_keeps_the_mean_and_drops_its_share():
    classifier = build().build_classifier(3, dropout=0.3)
    dropout = classifier.model.encoder.pos_drop.train()
    classifier.set_dropout_rows(seed=0, start=0, global_rows=100)
    out = dropout(torch.ones(100, 1000))
    assert abs((out == 0).float().mean() - 0.3) < 0.01
    assert abs(out.mean() - 1) < 0.02
    assert torch.allclose(out[out != 0], torch.tensor(1 / 0.7))


def test_that_dropout_is_off_in_evaluation_and_without_a_share():
    x = torch.ones(4, 10)
    classifier = build().build_classifier(3, dropout=0.3)
    assert classifier.model.encoder.pos_drop.eval()(x) is x
    assert build().build_classifier(3, dropout=0.0).model.encoder.pos_drop.train()(x) is x


def test_that_rows_skip_later_layers_more_often_however_a_batch_is_cut():
    classifier = build().build_classifier(3, dropout=0.0)
    classifier.put_drop_path(0.4)
    blocks = classifier.model.encoder.blocks
    shares = [(block.drop_path1.p, block.drop_path2.p) for block in blocks]
    assert shares[0] == (0.0, 0.0)
    assert shares[-1] == (0.4, 0.4)
    assert shares == sorted(shares)
    classifier.train()
    pixels = random_pixels(8)

    def logits(rows):
        classifier.set_dropout_rows(seed=5, start=rows.start, global_rows=8)
        return classifier({"pixels": pixels[rows]})

    whole = logits(slice(0, 8))
    pieces = torch.cat([logits(slice(0, 3)), logits(slice(3, 8))])
    torch.testing.assert_close(pieces, whole, atol=1e-5, rtol=1e-5)
    assert not torch.allclose(whole, classifier.eval()({"pixels": pixels}))
    path = blocks[-1].drop_path1.train()
    classifier.set_dropout_rows(seed=1, start=0, global_rows=2000)
    out = path(torch.ones(2000, 2, 3))
    # Whole rows, and the mean stays.
    assert torch.equal(out, out[:, :1, :1].expand_as(out))
    assert torch.allclose(out[out != 0], torch.tensor(1 / 0.6))
    assert abs(out.mean() - 1) < 0.05


def test_that_a_model_without_dropout_of_its_own_gets_none():
    classifier = build().build_classifier(3, dropout=None)
    shares = {part.p for part in classifier.modules() if isinstance(part, RowDropout)}
    assert shares == {0.0}


def test_that_a_reopened_classifier_predicts_the_same(tmp_path):
    classifier = build().build_classifier(2, dropout=0.1).eval()
    classifier.save(tmp_path, ["Käfer", "bee"])
    again, classes = open_classifier(tmp_path)
    assert classes == ["Käfer", "bee"]
    assert again.preprocessing == classifier.preprocessing
    batch = {"pixels": random_pixels(3)}
    with torch.no_grad():
        assert torch.equal(again(batch), classifier(batch))


@pytest.mark.parametrize("file", ["classifier.json", "classifier.safetensors"])
def test_that_a_damaged_classifier_is_refused(file, tmp_path):
    build().build_classifier(2, dropout=0.1).save(tmp_path, ["a", "b"])
    whole = (tmp_path / file).read_bytes()
    (tmp_path / file).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RunError) as error:
        open_classifier(tmp_path)
    assert error.value.id == "run-damaged"
