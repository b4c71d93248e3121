"""Which layer a parameter belongs to, in every architecture that is opened."""

from pathlib import Path

import pytest

from core.models.masked_model import Classifier
from core.text.model.store import load_masked_lm
from tests.core.images.model.test_mae import KINDS, build
from tests.helpers.text_worlds import ARCHITECTURES, save_tiny_masked_lm


def factors(classifier: Classifier) -> dict[str, float]:
    found = classifier.rate_factors(0.5)
    names = {name for name, _ in classifier.named_parameters()}
    assert found.keys() == names
    return found


def of(found: dict[str, float], part: str) -> set[float]:
    values = {value for name, value in found.items() if part in name}
    assert values, part
    return values


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_that_of_images_each_block_learns_half_as_fast_as_the_next(kind: str) -> None:
    classifier = build(**KINDS[kind]).build_classifier(3, dropout=0.0)
    found = factors(classifier)
    depth = len(classifier.model.encoder.blocks)
    for number in range(depth):
        assert of(found, f".blocks.{number}.") == {0.5 ** (depth - number)}
    assert of(found, "patch_embed") == {0.5 ** (depth + 1)}
    assert of(found, "head") == {1.0}
    for token in ("cls_token", "pos_embed", "reg_token"):
        if getattr(classifier.model.encoder, token, None) is not None:
            assert of(found, token) == {0.5 ** (depth + 1)}


@pytest.mark.parametrize("architecture", sorted(ARCHITECTURES))
def test_that_of_texts_each_block_learns_half_as_fast_as_the_next(
    architecture: str, tmp_path: Path
) -> None:
    folder = save_tiny_masked_lm(tmp_path / "model", architecture)
    model = load_masked_lm(str(folder), max_length=32, whole_words=False, offline=True)
    found = factors(model.build_classifier(3, dropout=0.0))
    block = {"distilbert": "transformer.layer.", "modernbert": "layers."}
    name = block.get(architecture, "encoder.layer.")
    assert of(found, f"{name}0.") == {0.25}
    assert of(found, f"{name}1.") == {0.5}
    assert of(found, "embeddings.") == {0.125}
    assert of(found, "head.") == {1.0}


def test_that_factors_of_one_change_nothing() -> None:
    classifier = build().build_classifier(3, dropout=0.0)
    assert set(classifier.rate_factors(1.0).values()) == {1.0}
