"""Predicted numbers against the true ones: each example a dot, a perfect model the diagonal."""

from collections.abc import Sequence

from core.figures.chart import Chart, Series
from core.figures.figure import Figure
from core.recipe.modality import noun_for

# More dots look the same, and take their time.
MOST_DOTS = 3_000


def predicted_figure(
    true: Sequence[float], predicted: Sequence[float], arm: str, noun: str
) -> Figure:
    """The figure of one model.

    Args:
        true: Labels of the test examples, at least one.
        predicted: What was said of the same.
        arm: Whose model, in words.
        noun: What an example is called.
    """
    least, most = min(*true, *predicted), max(*true, *predicted)
    every = -(-len(true) // MOST_DOTS)
    shown = f"every {every}th of " if every > 1 else ""
    chart = Chart(
        f"Predicted against true numbers: {arm}",
        "true number",
        "predicted number",
        (
            Series(
                f"test {noun_for(noun)}",
                tuple(true[::every]),
                tuple(predicted[::every]),
                has_line=False,
            ),
            Series("as it should be", (least, most), (least, most), has_dots=False),
        ),
    )
    caption = (
        f"Each dot is a test {noun} ({shown}{len(true):,}), with the first seed: the nearer to the "
        "dashed line, the better. Dots above it are predicted too high, dots below it too low."
    )
    rows = tuple(zip(map(float, true), map(float, predicted), strict=True))
    return Figure("predicted-against-true", chart, caption, ("true", "predicted"), rows)
