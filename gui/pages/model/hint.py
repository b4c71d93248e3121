"""How data and model fit each other, in words."""

from core.planning.fit import Shape
from core.recipe import Recipe
from core.text.shape import TextShape
from gui.pages.model.facts import ModelFacts
from gui.words.modality import Kind
from gui.words.numbers import percent

_INTRODUCTION: dict[Kind, str] = {
    "images": "What everything starts from: a model that learned to see from other images. "
    "Memory is estimated here; the Plan page measures it.",
    "text": "What everything starts from: a model that learned to fill in hidden words of other "
    "texts. Memory is estimated here; the Plan page measures it.",
}
# Of English in the usual vocabularies, roughly.
_LETTERS_PER_TOKEN = 4.5


def introduction(kind: Kind) -> str:
    """What a model is for."""
    return _INTRODUCTION[kind]


def sizes_in_words(recipe: Recipe, shape: Shape, side: int) -> str:
    """Images of some shorter side in front of a model."""
    size = recipe.model.image_size or shape.input_size
    if side < 0.75 * size:
        how = "they are enlarged; a smaller input size is quicker and loses nothing"
    elif side > 2 * size:
        how = "they are made smaller; fine details are lost"
    else:
        how = "they fit"
    return f"Your images have about {side} px, the model looks at {size} px: {how}."


def lengths_in_words(recipe: Recipe, shape: TextShape, letters: list[int]) -> str:
    """Labeled texts in front of a model.

    Args:
        recipe: Says how many tokens are read.
        shape: Of the model.
        letters: 101 quantiles of the texts' lengths.
    """
    tokens = shape.length(recipe)
    share = sum(length > tokens * _LETTERS_PER_TOKEN for length in letters) / len(letters)
    room = round(tokens * _LETTERS_PER_TOKEN, -1)
    reads = f"The model reads {tokens:,} tokens, some {room:,.0f} letters"
    if not share:
        return f"{reads}: all of your labeled texts fit."
    return (
        f"{reads}: about {percent(share, 0)} of your labeled texts are longer and are cut off for "
        "classification. Maximum length (Advanced) changes that; it costs time and memory."
    )


def misfit(recipe: Recipe, facts: ModelFacts | None) -> str:
    """Why the input size is impossible with a model; empty when it is not."""
    size = recipe.model.image_size
    if facts is None or size is None or isinstance(facts.shape, TextShape):
        return ""
    patch = facts.shape.patch
    if size % patch == 0:
        return ""
    return f"{facts.title} cuts images into patches of {patch} pixels: {size} is no multiple."
