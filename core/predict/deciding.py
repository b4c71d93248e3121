"""Which parts of an example decided: what hiding each one takes from the answer.

A part is hidden and the classifier is asked again: a cell of an image (Zeiler & Fergus 2014,
Visualizing and understanding convolutional networks, section 4.2, arXiv 1311.2901), a word of a
text (Li, Monroe & Jurafsky 2016, Understanding neural networks through representation erasure,
arXiv 1612.08220). It asks nothing of the architecture, and is what it says: weights of attention
need not be (Jain & Wallace 2019, Attention is not explanation, arXiv 1902.10186). Parts that stand
in for each other can each be hidden without a loss.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Along each side of an image: fine enough to see where, few enough to wait for.
MOST_CELLS = 8
# Further ones are not asked about.
MOST_WORDS = 128


@dataclass(frozen=True)
class Deciding:
    """What each part did to the answer.

    Attributes:
        name: The class that was answered.
        share: Its probability.
        drops: By how much that falls where a part is hidden; below 0 it rises.
        shape: Rows and columns of cells, of an image; (0, 0) of a text.
        words: The parts of a text.
    """

    name: str
    share: float
    drops: tuple[float, ...]
    shape: tuple[int, int] = (0, 0)
    words: tuple[str, ...] = ()


def deciding(
    rows: np.ndarray,
    classes: Sequence[str],
    *,
    shape: tuple[int, int] = (0, 0),
    words: Sequence[str] = (),
) -> Deciding:
    """What follows from (1 + N, C) probabilities: of the whole example, then without each part."""
    index = int(rows[0].argmax())
    drops = rows[0, index] - rows[1:, index]
    return Deciding(
        classes[index], float(rows[0, index]), tuple(map(float, drops)), shape, tuple(words)
    )


def with_hidden_cells(pixels: np.ndarray) -> tuple[np.ndarray, tuple[int, int]]:
    """An image, and the same with each cell of a grid in its mean colour.

    Args:
        pixels: (H, W, 3) uint8.

    Returns:
        (1 + N, H, W, 3) uint8, and how many rows and columns the grid has.
    """
    height, width, _ = pixels.shape
    rows, columns = min(MOST_CELLS, height), min(MOST_CELLS, width)
    down = np.linspace(0, height, rows + 1).round().astype(int)
    across = np.linspace(0, width, columns + 1).round().astype(int)
    mean = pixels.reshape(-1, 3).mean(axis=0).round().astype(np.uint8)
    found = np.repeat(pixels[None], 1 + rows * columns, axis=0)
    for number in range(rows * columns):
        row, column = divmod(number, columns)
        found[1 + number, down[row] : down[row + 1], across[column] : across[column + 1]] = mean
    return found, (rows, columns)


def without_each_word(text: str) -> tuple[list[str], list[str]]:
    """A text and the same without each of its first words; those words."""
    words = text.split()
    some = words[:MOST_WORDS]
    left = [" ".join((*words[:number], *words[number + 1 :])) for number in range(len(some))]
    return [text, *left], some
