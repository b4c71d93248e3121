"""What the window needs to know of it."""

from core.recipe.modality import Modality

MODALITY = Modality(
    name="signals",
    package="tests.gui.signals",
    example="signal",
    examples="signals",
    piece="segment",
    pieces="segments",
    copied="file",
    file_name="signal",
    result_name="signal",
    starter="starter-signals",
    learned="learned to fill in hidden segments",
    presets={"quick": {}, "balanced": {}, "paper": {}},
    suffixes=(".npy",),
)
