"""What pre-training minimises: one table; all else is read from it.

An objective is an entry here and a file in `core/stages/objectives/`, named in `MAKERS` of
`choose.py` there; its settings are in `core/recipe/objective_settings.py`.
"""

from dataclasses import dataclass
from typing import Final, Literal

from core.language import _
from core.recipe.arm import Source
from core.recipe.families import (
    CLIP,
    DINO,
    FAMILIES,
    MAE,
    MASKED_LANGUAGE,
    SENTENCE,
    UNKNOWN,
)
from core.recipe.modality import AUTO

MASKED: Final = "masked"
# What may stand in a recipe: names of the table, and what the masked objective is called for
# images and for texts.
ObjectiveName = Literal[
    "masked", "auto", "pixels", "mlm", "instance", "contrastive", "features", "sentence"
]
_ALIASES: Final = {"pixels": (MASKED, "images"), "mlm": (MASKED, "text")}


@dataclass(frozen=True, kw_only=True)
class Objective:
    """One objective.

    Attributes:
        name: In recipes; also of its part of the loss.
        title: In a table or a list.
        loss_title: Of its part of the loss, in plots and tables.
        sentence: What it is, in one line.
        source: Where it is from.
        modalities: Names of those that have it; empty for all.
        suits: Families of encoders that it suits best: `auto` takes the first that does.
        harms: Families that it is known to harm.
        reason: Why, to complete "… , because …"; of both.
        has_decoder: Whether it trains the decoder, which is then warmed up if it is fresh.
        has_own_decoder: Whether that is another one than the model's, always fresh.
        teacher_passes: Of one example and step, by a frozen encoder.
        passes: Of one example and step, in forward passes of the encoder over all of it (backward
            counts twice); None where it is the visible pieces and the decoder.
        part: Of the encoder, what was trained where it was measured (`pretrain.train`).
        rate: The share of the recipe's learning rates with which that part was trained.
        compares: Whether the examples of a batch are told from each other: a single one teaches
            nothing.
    """

    name: str
    title: str
    loss_title: str
    sentence: str
    source: Source
    modalities: tuple[str, ...] = ()
    suits: frozenset[str] = frozenset()
    harms: frozenset[str] = frozenset()
    reason: str = ""
    has_decoder: bool = False
    has_own_decoder: bool = False
    teacher_passes: float = 0.0
    passes: float | None = None
    part: str = "all"
    rate: float = 1.0
    compares: bool = False

    def is_of(self, modality: str) -> bool:
        """Whether a modality has it."""
        return not self.modalities or modality in self.modalities


_TABLE: Final = (
    Objective(
        name=MASKED,
        title=_("fill in what is hidden"),
        loss_title=_("masked loss"),
        sentence=_("Hidden patches or words are predicted from the others: the paper's objective."),
        source=Source("He et al. 2022; Devlin et al. 2019", "https://arxiv.org/abs/2111.06377"),
        suits=frozenset({MAE, MASKED_LANGUAGE, UNKNOWN}),
        harms=frozenset({DINO, CLIP, SENTENCE}),
        reason=_("it wants details back that such an encoder was trained to overlook"),
        has_decoder=True,
    ),
    Objective(
        name="contrastive",
        title=_("find the other view of the same image"),
        loss_title=_("contrastive loss"),
        sentence=_(
            "Of all views in a batch, that of the same image is to be the nearest (SimCLR)."
        ),
        source=Source("Chen et al. 2020", "https://arxiv.org/abs/2002.05709"),
        modalities=("images",),
        suits=frozenset({DINO, CLIP}),
        passes=6,
        rate=1 / 3,
        compares=True,
    ),
    Objective(
        name="instance",
        title=_("recognise each image from its views"),
        loss_title=_("instance loss"),
        sentence=_("Each image is a class of its own, to be recognised from any view (DIET)."),
        source=Source("Balestriero et al. 2025", "https://arxiv.org/abs/2509.06990"),
        modalities=("images",),
        suits=frozenset({DINO, CLIP}),
        passes=3,
        part="last:2",
    ),
    Objective(
        name="features",
        title=_("fill in what the model itself saw there"),
        loss_title=_("feature loss"),
        sentence=_(
            "The pretrained encoder's features of hidden patches are predicted (MaskDistill)."
        ),
        source=Source("Peng et al. 2022", "https://arxiv.org/abs/2210.10615"),
        modalities=("images",),
        has_decoder=True,
        has_own_decoder=True,
        teacher_passes=1.0,
        part="last:2",
    ),
    Objective(
        name="sentence",
        title=_("find the same text with other words left out"),
        loss_title=_("sentence loss"),
        sentence=_(
            "Of all texts in a batch, the same one with other words left out is to be the "
            "nearest (SimCSE, with the views of ConSERT)."
        ),
        source=Source("Gao et al. 2021; Yan et al. 2021", "https://arxiv.org/abs/2104.08821"),
        modalities=("text",),
        suits=frozenset({SENTENCE}),
        passes=6,
        rate=1 / 6,
        compares=True,
    ),
)

OBJECTIVES: Final = {objective.name: objective for objective in _TABLE}
# Titles of the parts of a loss, in the order in which they are shown.
LOSS_TITLES: Final = {
    **{objective.name: objective.loss_title for objective in _TABLE},
    "distill": _("distillation loss"),
}


@dataclass(frozen=True)
class Choice:
    """An objective, and why it was chosen."""

    objective: Objective
    why: str


def objective_named(name: str) -> Objective | None:
    """An objective by any of its names; None for `auto`, which waits for the model.

    Raises:
        KeyError: There is none of that name.
    """
    return None if name == AUTO else OBJECTIVES[_ALIASES.get(name, (name, ""))[0]]


def objectives_of(modality: str) -> tuple[str, ...]:
    """The names that a recipe for a modality may have."""
    own = (name for name, (_, of) in _ALIASES.items() if of == modality)
    known = (objective.name for objective in _TABLE if objective.is_of(modality))
    return (*known, *own, AUTO)


def suited(family: str, modality: str) -> Choice:
    """What `auto` means for an encoder of a family."""
    told = FAMILIES[family].learned
    for objective in _TABLE:
        if objective.is_of(modality) and family in objective.suits:
            why = _("the encoder was pretrained {told}").format(told=told)
            return Choice(objective, why)
    return Choice(
        OBJECTIVES[MASKED],
        _("nothing better is known for an encoder pretrained {told}").format(told=told),
    )


def doubt_about_objective(objective: Objective, family: str, modality: str) -> str:
    """Why an objective may harm an encoder of a family, with what to do; empty when it does not."""
    if family not in objective.harms:
        return ""
    better = suited(family, modality).objective
    advice = (
        _(" Set pretrain.objective to {name} or auto.").format(name=better.name)
        if better != objective
        else ""
    )
    return _(
        "The objective {name} ({title}) tends to harm an encoder that was "
        "pretrained {learned}: {reason}.{advice}"
    ).format(
        name=objective.name,
        title=objective.title,
        learned=FAMILIES[family].learned,
        reason=objective.reason,
        advice=advice,
    )
