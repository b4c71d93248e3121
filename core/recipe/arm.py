"""What is told of an arm; the table of them is in `core.recipe.arms`."""

from dataclasses import dataclass, replace
from typing import Final, Literal

BASE: Final = "base"


@dataclass(frozen=True)
class Source:
    """A paper."""

    citation: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Arm:
    """One arm.

    Attributes:
        name: In recipes, names of stages and on the command line.
        title: In a table or a list.
        phrase: Within a sentence.
        sentence: What it is, in one line, for whoever chooses.
        method: What was done to the pretrained model, for the card of an export.
        source: Where the method is from; None for plain fine-tuning.
        preference: What a user means by "the result" is the arm with the highest one.
        start: The kind of stage whose encoder is fine-tuned; empty for the model as it was loaded.
        has_own_stages: Whether those stages are made for this arm alone, as for an ablation.
        has_masked_loss: Of self-distillation: whether the objective of further pre-training (the
            masked loss, in the paper) is part of it.
        has_fitted_teacher: Of self-distillation: whether the first teacher was further
            pre-trained; else it has the initial weights.
        passes: How often a step of fine-tuning goes through the model.
        settings: Keys of the recipe's section `[baselines]` that it reads.
        is_taught: Whether it learns from what all other arms say of unlabeled examples, too.
        frozen: Of a row without fine-tuning, what is asked of the encoder as it is: its nearest
            neighbours, or a linear layer on it; empty for a fine-tuning.
        average: Of what is made of the base model's fine-tunings without training: what is averaged
            with each other, the `start` and end of each, or the ends of all `seeds`; else empty.
    """

    name: str
    title: str
    phrase: str
    sentence: str
    method: str
    source: Source | None
    preference: int
    start: Literal["", "further-pretrain", "self-distill"] = ""
    has_own_stages: bool = False
    has_masked_loss: bool = True
    has_fitted_teacher: bool = True
    passes: int = 1
    settings: tuple[str, ...] = ()
    is_taught: bool = False
    frozen: Literal["", "linear", "knn"] = ""
    average: Literal["", "start", "seeds"] = ""

    @property
    def is_regularised(self) -> bool:
        """Whether it is the pretrained model, fine-tuned in a way of its own."""
        is_other = self.name == BASE or self.frozen or self.average or self.is_taught
        return not self.start and not is_other

    @property
    def is_trained_alone(self) -> bool:
        """Whether it is a training of its own, for which no other arm has to be there."""
        return not (self.frozen or self.average or self.is_taught)

    @property
    def is_further_pretrained(self) -> bool:
        """Whether further pre-training has a part in it."""
        return self.start == "further-pretrain" or (self.is_distilled and self.has_fitted_teacher)

    @property
    def is_distilled(self) -> bool:
        """Whether self-distillation has a part in it."""
        return self.start == "self-distill"


def with_teacher(arm: Arm, teacher: str) -> Arm:
    """An arm as a recipe with that `distill.teacher` makes it, for whoever tells what was done."""
    if not (arm.is_distilled and arm.has_fitted_teacher) or teacher == "further":
        return arm
    learned = "self-distillation from a teacher with the initial weights"
    if teacher == "averaged":
        mean = "the mean of the initial and the further pre-trained weights"
        learned = f"further pre-training and self-distillation from {mean}"
    method = arm.method.replace("further pre-training and self-distillation", learned)
    return replace(arm, method=method, has_fitted_teacher=teacher != "initial")
