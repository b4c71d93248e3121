"""Contrast of sentences: two views of a text are to be nearest each other among all of the batch.

As SimCSE (Gao et al. 2021, arXiv 2104.08821): the representation itself is compared, without a
projector, at a low temperature. Its views differ by dropout alone, which a sentence encoder tells
apart from other texts before any step; here some of the words are left out, as in ConSERT (Yan et
al. 2021, arXiv 2105.11741).
"""

from torch import nn

from core.models.masked_model import MaskedModel
from core.stages.objectives.contrastive import ContrastOfViews


class SentenceObjective(ContrastOfViews):
    """Find the text that other words were left out of.

    Args:
        model: What is trained; compared is its own representation.
        temperature: Of the similarities.
    """

    part = "sentence"

    def __init__(self, model: MaskedModel, *, temperature: float) -> None:
        super().__init__(model, match="own", temperature=temperature, projector=nn.Identity())
