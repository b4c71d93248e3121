"""Says when the distillation term leaves nothing of the objective it stands beside."""

from dataclasses import dataclass, field
from typing import Final

from core.language import _
from core.recipe import DistillRecipe
from core.run.events import Event, Noticed, StageStarted, StepDone
from core.training.context import RunContext

# With the starter the paper's distance begins at 1.4 times the masked loss, and its gradient at 117
# times (tests/benchmarks/README.md): it holds the student at first, and gives way as the student
# comes near. AdamW takes the direction of their sum, so that from ten times the loss on nothing of
# the objective is left for long.
MOST: Final = 10.0


@dataclass
class Outweighed:
    """Hears the losses of a round, and says once, at its first steps, when one outweighs the other.

    Attributes:
        stage: The round's.
        recipe: Its section.
        context: Told.
    """

    stage: str
    recipe: DistillRecipe
    context: RunContext
    _listens: bool = field(default=False, init=False)

    def __call__(self, event: Event) -> None:
        """An event of the run."""
        if isinstance(event, StageStarted):
            self._listens = event.stage == self.stage
        if self._listens and isinstance(event, StepDone):
            self._listens = False
            words = outweighed(self.recipe, event.losses)
            if words:
                self.context.report(Noticed(id="objective-outweighed", text=words))


def outweighed(recipe: DistillRecipe, losses: dict[str, float]) -> str:
    """What to do where distillation outweighs the objective, in words; empty where it does not.

    Args:
        recipe: Of self-distillation.
        losses: `loss`, and `distill` without its weight.
    """
    term = recipe.weight * losses["distill"]
    own = losses["loss"] - term
    if own <= 0 or term <= MOST * own:
        return ""
    weight = recipe.weight * own / term
    change = _("set distill.weight to {weight:.2g}, where both weigh the same").format(
        weight=weight
    )
    if recipe.distance == "squared":
        change = _(
            "set distill.distance to smooth_l1, which does not depend on the scale of "
            "the model's features, or {change}"
        ).format(change=change)
    return _(
        "At the first steps distillation weighs {term:,.0f} times as much as the "
        "other loss ({loss:,.4g} to {own:.3g}): the student will copy its teacher "
        "and learn next to nothing else. To change that, {change}."
    ).format(term=term / own, loss=term, own=own, change=change)
