"""Where the text starter's embeddings begin: with which words occur near each other.

From random embeddings, masked language modelling first learns for long how often each word occurs
and little else. Counting tells that at once: the table of tokens starts as a factorisation of the
positive pointwise mutual information of tokens near each other (Levy, Goldberg and Dagan 2015),
and the head's bias as the logarithm of their shares.
"""

from typing import Any

import numpy as np
import torch
from scipy import sparse
from sklearn.utils.extmath import randomized_svd
from torch import nn

from core.models.plain import require_plain
from core.text.data.token_rows import TokenRows
from core.text.model.masked_lm import MaskedLanguageModel

_WINDOW = 5
# Contexts are smoothed, as there: else rare ones look telling.
_SMOOTHING = 0.75
_BLOCK = 10_000


def start_from_counts(model: MaskedLanguageModel, rows: TokenRows, seed: int) -> None:
    """Set the table of tokens and the head's bias by what is counted in a corpus.

    Args:
        model: With random weights.
        rows: The corpus.
        seed: Of the factorisation.
    """
    tokens, guesses = model.whole.get_input_embeddings(), model.whole.get_output_embeddings()
    # Written to in place, below: of a layer in another form that would change nothing.
    require_plain(tokens, nn.Embedding, name="the table of tokens", why="the starter")
    require_plain(guesses, nn.Linear, name="the head's output layer", why="the starter")
    table, bias = tokens.weight.detach(), guesses.bias.detach()
    counts, shares = count(rows, len(table))
    # Pieces that only longer words were made of stay random.
    met = np.flatnonzero(counts.getnnz(axis=1))
    met = np.intersect1d(met, model.ordinary_ids.numpy())
    vectors = factorised(counts[met][:, met], table.shape[1], seed)
    # Each as long as a random one, so that rare tokens aren't guessed with confidence.
    vectors *= float(table.std()) * table.shape[1] ** 0.5
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-12
    table[met] = torch.from_numpy(vectors).to(table)
    # Special tokens are never to be guessed.
    shares[list(model.description.special_ids)] = shares.min()
    bias[:] = torch.from_numpy(np.log(shares)).to(bias)


def count(rows: TokenRows, vocabulary: int) -> tuple[sparse.csr_matrix, np.ndarray]:
    """How often tokens occur near each other, near ones counting more, and how often at all.

    Returns:
        (V, V) symmetric counts, and (V,) shares of all tokens, none of them 0.
    """
    near: Any = 0
    alone = np.ones(vocabulary)
    for start in range(0, len(rows.lengths), _BLOCK):
        ids, _ = rows.rows(np.arange(start, min(start + _BLOCK, len(rows.lengths))))
        flat = np.concatenate(ids)
        text = np.repeat(np.arange(len(ids)), [len(row) for row in ids])
        alone += np.bincount(flat, minlength=vocabulary)
        for offset in range(1, _WINDOW + 1):
            same = text[offset:] == text[:-offset]
            pair = flat[:-offset][same], flat[offset:][same]
            weight = np.full(len(pair[0]), 1 / offset, dtype=np.float32)
            near = near + sparse.csr_matrix((weight, pair), shape=(vocabulary, vocabulary))
    return near + near.T, alone / alone.sum()


def factorised(counts: sparse.csr_matrix, width: int, seed: int) -> np.ndarray:
    """(V, width) vectors whose products are near the positive mutual information of `counts`."""
    found = counts.tocoo()
    own = np.asarray(counts.sum(axis=1)).ravel()
    context = own**_SMOOTHING
    chance = own[found.row] * (context / context.sum())[found.col]
    mutual = np.log(found.data / np.maximum(chance, 1e-12))
    kept = mutual > 0
    positive: Any = sparse.csr_matrix(
        (mutual[kept], (found.row[kept], found.col[kept])), shape=counts.shape
    )
    left, strength, _ = randomized_svd(positive, width, n_iter=2, random_state=seed)
    vectors = left * np.sqrt(strength)
    # Fewer tokens than dimensions leave the last ones empty.
    return np.pad(vectors, ((0, 0), (0, width - vectors.shape[1])))
