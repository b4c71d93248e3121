"""What of a masked language model decides how much memory it takes. Imports no torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.hub.catalog import CatalogEntry
from core.language import _
from core.planning.shapes import DataSizes, blocks_flop, share_kept, trained_of_encoder
from core.recipe import Recipe
from core.recipe.trained import trained_part, why_not

# As in a vision transformer: numbers kept per token and width in each block.
_KEPT = 16
# Logits, their normalised form and its gradient, of the hidden tokens alone.
_KEPT_OF_VOCABULARY = 3
# Of English in the usual vocabularies, roughly.
_LETTERS_PER_TOKEN = 4.5
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
        has_head: Whether it brings its masked-language-model head.
        family: How it was pretrained, where somebody looked; empty where only its name tells.
    """

    parameters: int
    width: int
    depth: int
    vocabulary: int
    max_length: int
    has_head: bool = True
    family: str = ""

    @property
    def has_decoder(self) -> bool:
        """Its head is what others call a decoder."""
        return self.has_head

    def forward_flop(self, recipe: Recipe) -> float:
        """Over a text of the greatest length."""
        return blocks_flop(self.length(recipe), self.width, self.depth)

    def masked_flop(self, recipe: Recipe) -> tuple[float, float]:
        """In the encoder on all tokens, in the head on the hidden ones."""
        hidden = self.length(recipe) * recipe.pretrain.mask_ratio
        return self.forward_flop(recipe), 2.0 * hidden * self.width * self.vocabulary

    def settings_for(self, sizes: DataSizes) -> dict[str, int | None]:
        """None: what is too long is said, and cut."""
        del sizes
        return {}

    @property
    def head(self) -> str:
        """All of the catalog's have one; others may be encoders alone."""
        return (
            _("with its head")
            if self.has_head
            else _("without a head: a fresh one is trained first")
        )

    @property
    def reads(self) -> str:
        """Its longest sequence."""
        return _("up to {number:,} tokens").format(number=self.max_length)

    def length(self, recipe: Recipe) -> int:
        """Tokens of the longest sequence of a run."""
        return min(self.max_length, recipe.model.max_length)

    def all_parameters(self, recipe: Recipe) -> float:
        """With the head, which shares the table of the tokens."""
        del recipe
        return self.parameters + self.width**2 + self.vocabulary

    def trained_parameters(self, recipe: Recipe) -> float:
        """In pre-training what is asked for and the head; in fine-tuning the whole encoder."""
        part = trained_part(recipe.pretrain.train)
        trained = trained_of_encoder(part, self.parameters, self.width, self.depth)
        trained += self.all_parameters(recipe) - self.parameters
        return max(trained, self.parameters) if recipe.finetune.steps else trained

    def numbers_kept(self, recipe: Recipe) -> float:
        """Of one text in the costliest stage."""
        tokens = self.length(recipe)
        whole = float(_KEPT * tokens * self.width * self.depth)
        if not recipe.pretrain.steps:
            return whole
        guessed = _KEPT_OF_VOCABULARY * tokens * recipe.pretrain.mask_ratio * self.vocabulary
        trained = whole * share_kept(trained_part(recipe.pretrain.train), self.depth)
        pretraining = trained + guessed + (trained if recipe.distill.rounds else 0.0)
        return max(pretraining, whole) if recipe.finetune.steps else pretraining

    def sizes_in_words(self, recipe: Recipe, sizes: DataSizes) -> str:
        """Labeled texts in front of the model."""
        if not sizes.lengths:
            return ""
        tokens = self.length(recipe)
        too_long = sum(length > tokens * _LETTERS_PER_TOKEN for length in sizes.lengths)
        room = round(tokens * _LETTERS_PER_TOKEN, -1)
        if not too_long:
            return _(
                "The model reads {tokens:,} tokens, about {room:,.0f} letters: all of your labeled "
                "texts fit."
            ).format(tokens=tokens, room=room)
        return _(
            "The model reads {tokens:,} tokens, about {room:,.0f} letters: about {share:.0f} % of "
            "your labeled texts are longer and are cut off for classification. Maximum length "
            "(Advanced) changes that; it costs time and memory."
        ).format(tokens=tokens, room=room, share=100 * too_long / len(sizes.lengths))

    def misfit(self, recipe: Recipe) -> str:
        """A part to be trained that it doesn't have; a sequence may be as short as one likes."""
        part = trained_part(recipe.pretrain.train)
        return why_not(part, blocks=self.depth, width=self.width)


def shape_of(entry: CatalogEntry) -> TextShape:
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


def shape_of_found(found: Mapping[str, Any]) -> TextShape:
    """The shape of a model that the check helper looked at."""
    numbers = ("parameters", "width", "depth", "vocabulary", "max_length")
    has_head = not found.get("decoder_is_fresh", False)
    family = str(found.get("family", ""))
    return TextShape(**{key: int(found[key]) for key in numbers}, has_head=has_head, family=family)
