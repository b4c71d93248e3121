"""The arms: the ways from a pretrained model to a classifier. One table; all else is read from it.

A way to regularise fine-tuning is an entry here, its implementation in `core/stages/regularise/`
and its settings in `core/recipe/baselines.py`.
"""

from collections.abc import Sequence
from typing import Final

from core.language import _
from core.recipe.arm import BASE, Arm, Source, with_teacher

__all__ = ["BASE", "Arm", "Source", "with_teacher"]

FURTHER: Final = "further"
DISTILLED: Final = "distilled"

_PAPER: Final = Source("Lee et al. 2023", "https://arxiv.org/abs/2210.02871")

_TABLE: Final = (
    Arm(
        name=BASE,
        title=_("fine-tuning alone"),
        phrase=_("fine-tuning alone"),
        sentence=_("Always: the pretrained model as it is, which the others are measured against."),
        method="no further pre-training",
        source=None,
        preference=0,
    ),
    Arm(
        name=FURTHER,
        title=_("further pre-trained"),
        phrase=_("further pre-training"),
        sentence=_("Goes on pre-training on your unlabeled data first."),
        method="further pre-training",
        source=_PAPER,
        preference=90,
        start="further-pretrain",
    ),
    Arm(
        name=DISTILLED,
        title=_("self-distilled"),
        phrase=_("self-distillation"),
        sentence=_("Further pre-trained, then distilled into itself: the method of the paper."),
        method="further pre-training and self-distillation",
        source=_PAPER,
        preference=100,
        start="self-distill",
    ),
    Arm(
        name="recadam",
        title="RecAdam",
        phrase="RecAdam",
        sentence=_("Pulled back to its pretrained weights, less and less (Chen et al. 2020)."),
        method="no further pre-training; fine-tuned with RecAdam, which pulls the weights back to "
        "the pretrained ones, less and less",
        source=Source("Chen et al. 2020", "https://arxiv.org/abs/2004.12651"),
        preference=20,
        settings=("recadam_gamma", "recadam_k", "recadam_t0"),
    ),
    Arm(
        name="mars",
        title="MARS",
        phrase="MARS",
        sentence=_("Held within a distance of its pretrained weights (Gouk et al. 2021)."),
        method="no further pre-training; fine-tuned with MARS, which holds the weights within a "
        "distance of the pretrained ones",
        source=Source("Gouk et al. 2021", "https://arxiv.org/abs/2002.08253"),
        preference=30,
        settings=("mars_gamma", "mars_head_gamma"),
    ),
    Arm(
        name="r3f",
        title="R3F",
        phrase="R3F",
        sentence=_("Steady under small noise; takes twice the time (Aghajanyan et al. 2021)."),
        method="no further pre-training; fine-tuned with R3F, which keeps the answers steady under "
        "small noise",
        source=Source("Aghajanyan et al. 2021", "https://arxiv.org/abs/2008.03156"),
        preference=40,
        passes=2,
        settings=("r3f_weight", "r3f_noise", "r3f_distribution"),
    ),
    Arm(
        name="l2sp",
        title="L2-SP",
        phrase="L2-SP",
        sentence=_("Pulled back to its pretrained weights throughout (Li et al. 2018)."),
        method="no further pre-training; fine-tuned with L2-SP, which pulls the weights back to "
        "the pretrained ones throughout",
        source=Source("Li et al. 2018", "https://arxiv.org/abs/1802.01483"),
        preference=50,
        settings=("l2sp_alpha", "l2sp_beta"),
    ),
    Arm(
        name="distill-only",
        title=_("distilled, no masked loss"),
        phrase=_("distillation without the masked loss"),
        sentence=_("Does self-distillation need the masked loss?"),
        method="further pre-training and self-distillation without the masked loss",
        source=_PAPER,
        preference=70,
        start="self-distill",
        has_own_stages=True,
        has_masked_loss=False,
    ),
    Arm(
        name="teacher-initial",
        title=_("distilled from initial weights"),
        phrase=_("distillation from the initial weights"),
        sentence=_("Does it need a teacher that was further pre-trained?"),
        method="self-distillation from a teacher with the initial weights",
        source=_PAPER,
        preference=80,
        start="self-distill",
        has_own_stages=True,
        has_fitted_teacher=False,
    ),
    Arm(
        name="longer-further",
        title=_("further pre-trained, longer"),
        phrase=_("longer further pre-training"),
        sentence=_("Or is it only the time? Further pre-training for as long."),
        method="further pre-training for as long as self-distillation takes",
        source=_PAPER,
        preference=60,
        start="further-pretrain",
        has_own_stages=True,
    ),
    Arm(
        name="pseudo-labels",
        title=_("pseudo-labels"),
        phrase=_("fine-tuning on pseudo-labels"),
        sentence=_(
            "Learns again, with what all other arms and seeds agree on of unlabeled examples."
        ),
        method="no further pre-training; fine-tuned on labels and on the confident answers that "
        "all other classifiers of the run gave, on average, of unlabeled examples",
        source=Source("Zhang et al. 2025", "https://arxiv.org/abs/2503.09707"),
        preference=65,
        settings=("pseudo_precision", "pseudo_share"),
        is_taught=True,
    ),
    Arm(
        name="wise-ft",
        title="WiSE-FT",
        phrase=_("WiSE-FT of the base model"),
        sentence=_("Fine-tuning alone, averaged with where it began (Wortsman et al. 2022)."),
        method="no further pre-training; fine-tuned, then averaged with the weights before any "
        "step (WiSE-FT)",
        source=Source("Wortsman et al. 2022", "https://arxiv.org/abs/2109.01903"),
        preference=8,
        average="start",
    ),
    Arm(
        name="soup",
        title=_("soup of seeds"),
        phrase=_("a soup of fine-tunings"),
        sentence=_("All seeds of fine-tuning alone, averaged to one model (Wortsman et al. 2022)."),
        method="no further pre-training; fine-tuned several times, and the weights averaged (a "
        "uniform soup)",
        source=Source("Wortsman et al. 2022", "https://arxiv.org/abs/2203.05482"),
        preference=9,
        average="seeds",
    ),
)

_LINEAR: Final = "the encoder is frozen: only a linear layer on it was fitted"
_NEIGHBOURS: Final = "the encoder is frozen: the nearest training examples vote"

# Each encoder as it is, with nothing trained but a linear layer, or nothing at all. They are
# answered before any fine-tuning, whatever a recipe compares.
_FROZEN: Final = (
    Arm(
        name="probe-base",
        title=_("frozen base model"),
        phrase=_("the frozen base model with a linear layer"),
        sentence=_("A linear layer on the pretrained model as it is."),
        method=f"no further pre-training; {_LINEAR}",
        source=None,
        preference=2,
        frozen="linear",
    ),
    Arm(
        name="probe-further",
        title=_("frozen, further pre-trained"),
        phrase=_("the frozen further pre-trained model with a linear layer"),
        sentence=_("A linear layer on the further pre-trained model as it is."),
        method=f"further pre-training; {_LINEAR}",
        source=_PAPER,
        preference=4,
        start="further-pretrain",
        frozen="linear",
    ),
    Arm(
        name="probe-distilled",
        title=_("frozen, self-distilled"),
        phrase=_("the frozen self-distilled model with a linear layer"),
        sentence=_("A linear layer on the self-distilled model as it is."),
        method=f"further pre-training and self-distillation; {_LINEAR}",
        source=_PAPER,
        preference=6,
        start="self-distill",
        frozen="linear",
    ),
    Arm(
        name="knn-base",
        title=_("neighbours, base model"),
        phrase=_("nearest neighbours in the base model"),
        sentence=_("Votes of the nearest training examples, by the pretrained model as it is."),
        method=f"no further pre-training; {_NEIGHBOURS}",
        source=None,
        preference=1,
        frozen="knn",
    ),
    Arm(
        name="knn-further",
        title=_("neighbours, further pre-trained"),
        phrase=_("nearest neighbours in the further pre-trained model"),
        sentence=_("Votes of the nearest training examples, by the further pre-trained model."),
        method=f"further pre-training; {_NEIGHBOURS}",
        source=_PAPER,
        preference=3,
        start="further-pretrain",
        frozen="knn",
    ),
    Arm(
        name="knn-distilled",
        title=_("neighbours, self-distilled"),
        phrase=_("nearest neighbours in the self-distilled model"),
        sentence=_("Votes of the nearest training examples, by the self-distilled model."),
        method=f"further pre-training and self-distillation; {_NEIGHBOURS}",
        source=_PAPER,
        preference=5,
        start="self-distill",
        frozen="knn",
    ),
)

# What is fine-tuned: by name, in the order in which they are offered.
ARMS: Final = {arm.name: arm for arm in _TABLE}
# What is answered without fine-tuning, in the order in which it is shown.
FROZEN: Final = {arm.name: arm for arm in _FROZEN}
# Of those, what can be used as a classifier.
FROZEN_LAYERS: Final = tuple(arm.name for arm in _FROZEN if arm.frozen == "linear")
EVERY: Final = {**ARMS, **FROZEN}
# What can be a classifier, the simplest first: what is trained least, and with the fewest stages.
SIMPLEST_FIRST: Final = tuple(
    arm.name
    for arm in sorted(
        (*(each for each in _FROZEN if each.frozen == "linear"), *_TABLE),
        key=lambda arm: (
            # Made of all others, it is the least simple.
            arm.is_taught,
            ("", "further-pretrain", "self-distill").index(arm.start),
            not arm.frozen,
            arm.preference,
        ),
    )
)
# The most wanted first: "the result" is the first of these that a run has.
ARM_PREFERENCE: Final = tuple(
    arm.name for arm in sorted(_TABLE, key=lambda arm: arm.preference, reverse=True)
)
ABLATIONS: Final = tuple(arm.name for arm in _TABLE if arm.has_own_stages)
REGULARISED: Final = tuple(arm.name for arm in _TABLE if arm.is_regularised)
TAUGHT: Final = tuple(arm.name for arm in _TABLE if arm.is_taught)
# Made of the base model's fine-tunings, without training.
AVERAGES: Final = tuple(arm.name for arm in _TABLE if arm.average)
# The paper's comparison; their encoders are what a run is for, and can be exported as such.
METHOD: Final = tuple(
    arm.name
    for arm in _TABLE
    if arm.is_trained_alone and not (arm.has_own_stages or arm.is_regularised)
)


def interpolates_one_arm(arms: Sequence[str]) -> bool:
    """Whether an arm of its own shows what interpolation does: the others are then without it."""
    return any(ARMS[arm].average == "start" for arm in arms)


def title_of(arm: str) -> str:
    """An arm in a table or a list; one that only a newer version knows stands for itself."""
    return EVERY[arm].title if arm in EVERY else arm


def phrase_of(arm: str) -> str:
    """An arm within a sentence; one that only a newer version knows stands for itself."""
    return EVERY[arm].phrase if arm in EVERY else arm


def listed_place(arm: str) -> int:
    """Where an arm stands among others; those that only a newer version knows come last."""
    return list(EVERY).index(arm) if arm in EVERY else len(EVERY)
