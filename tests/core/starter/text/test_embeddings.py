"""Embeddings from counts: what is counted, and that like tokens come out alike."""

from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import sparse
from torch.nn.utils import parametrize

from core.errors import RunError
from core.starter.text.embeddings import count, factorised, start_from_counts
from core.text.data.hashes import short_hash
from core.text.data.token_files import Document, write_token_files
from core.text.data.token_rows import TokenRows
from core.text.model.starter import build_text_starter, describe_starter, train_tokenizer
from core.text.tokenizing import Tokenizing

TEXTS = ["a cat drinks milk", "a dog drinks milk", "the sum of arrays", "the mean of arrays"] * 5


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer(TEXTS, vocabulary=80)


def rows_of(folder: Path, tokenizer, texts: list[str]) -> TokenRows:
    tokenizing = Tokenizing(describe_starter(tokenizer))
    documents = (Document(text, short_hash(text), is_pretrained_on=True) for text in texts)
    write_token_files(folder, documents, tokenize=tokenizing, frame=tokenizing.frame)
    return TokenRows(folder)


def test_that_near_tokens_count_more_and_texts_stay_apart(tmp_path: Path, tokenizer) -> None:
    near, shares = count(rows_of(tmp_path, tokenizer, TEXTS[:4:2]), tokenizer.get_vocab_size())
    cat, drinks, milk, arrays = map(tokenizer.token_to_id, ("cat", "drinks", "milk", "arrays"))
    assert near[cat, drinks] == near[drinks, cat] == 1
    assert near[cat, milk] == 0.5
    assert near[cat, arrays] == 0
    assert shares.sum() == pytest.approx(1)
    assert shares.min() > 0


def test_that_tokens_with_the_same_neighbours_come_out_alike() -> None:
    # 0 and 1 stand beside 2; 3 and 4 beside 5.
    pairs = [(0, 2), (1, 2), (3, 5), (4, 5)]
    counts = np.zeros((6, 6), dtype=np.float32)
    for one, other in pairs:
        counts[one, other] = counts[other, one] = 10
    vectors = factorised(sparse.csr_matrix(counts), 8, seed=0)
    assert vectors.shape == (6, 8)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    assert vectors[0] @ vectors[1] > 0.99
    assert abs(vectors[0] @ vectors[3]) < 0.01


def test_that_a_start_from_counts_knows_how_often_tokens_occur(tmp_path: Path, tokenizer) -> None:
    model = build_text_starter(describe_starter(tokenizer), seed=0)
    before = model.whole.get_input_embeddings().weight.detach().clone()
    start_from_counts(model, rows_of(tmp_path, tokenizer, TEXTS), seed=0)
    table = model.whole.get_input_embeddings().weight
    shares = model.whole.get_output_embeddings().bias.detach().softmax(dim=0)
    drinks, cat = tokenizer.token_to_id("drinks"), tokenizer.token_to_id("cat")
    assert float(shares[drinks] / shares[cat]) == pytest.approx(11 / 6, rel=1e-3)
    assert shares[model.description.mask_id] == shares.min()
    assert not torch.equal(table[drinks], before[drinks])
    assert torch.equal(table[model.description.mask_id], before[model.description.mask_id])


def test_that_a_table_in_another_form_is_refused(tmp_path: Path, tokenizer) -> None:
    model = build_text_starter(describe_starter(tokenizer), seed=0)
    parametrize.register_parametrization(
        model.whole.get_input_embeddings(), "weight", torch.nn.Identity()
    )
    with pytest.raises(RunError) as refused:
        start_from_counts(model, rows_of(tmp_path, tokenizer, TEXTS), seed=0)
    assert refused.value.id == "layer-not-plain"
