"""What of a masked language model decides how much memory it takes. Imports no torch."""

from dataclasses import dataclass

from core.hub.catalog import CatalogEntry
from core.recipe import Recipe

# As for images (core.planning.fit): numbers kept per token and width in each block.
_KEPT = 16
# Logits, their normalised form and its gradient, of the hidden tokens alone.
_KEPT_OF_VOCABULARY = 3
# Width, blocks, vocabulary, as the models' configurations have them.
_FAMILIES = {
    "starter-text": (256, 4, 8_192),
    "distilroberta": (768, 6, 50_265),
    "xlm-roberta": (768, 12, 250_002),
    "roberta": (768, 12, 50_265),
    "distilbert": (768, 6, 30_522),
    "ModernBERT": (768, 22, 50_368),
    "bert": (768, 12, 30_522),
}


@dataclass(frozen=True, kw_only=True)
class TextShape:
    """A masked language model.

    Attributes:
        parameters: Of the encoder.
        width: Of its hidden states.
        depth: Its blocks.
        vocabulary: Its tokens.
        max_length: Tokens of a sequence at most.
    """

    parameters: int
    width: int
    depth: int
    vocabulary: int
    max_length: int

    def length(self, recipe: Recipe) -> int:
        """Tokens of the longest sequence of a run."""
        return min(self.max_length, recipe.model.max_length)

    def all_parameters(self, recipe: Recipe) -> float:
        """With the head, which shares the table of the tokens."""
        del recipe
        return self.parameters + self.width**2 + self.vocabulary

    def numbers_kept(self, recipe: Recipe) -> float:
        """Of one text in the costliest stage."""
        tokens = self.length(recipe)
        whole = float(_KEPT * tokens * self.width * self.depth)
        if not recipe.pretrain.steps:
            return whole
        guessed = _KEPT_OF_VOCABULARY * tokens * recipe.pretrain.mask_ratio * self.vocabulary
        return whole + guessed + (whole if recipe.distill.rounds else 0.0)


def text_shape_of(entry: CatalogEntry) -> TextShape:
    """The shape of one of the catalog's models for text, by its name."""
    family = next(name for name in _FAMILIES if name in entry.name)
    width, depth, vocabulary = _FAMILIES[family]
    return TextShape(
        parameters=entry.parameters,
        width=width,
        depth=depth,
        vocabulary=vocabulary,
        max_length=entry.max_length,
    )
