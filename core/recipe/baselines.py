"""Settings of arms beside the paper's own; sources stand with their code."""

from typing import Literal

from pydantic import Field

from core.language import _
from core.recipe.section import Section


class BaselinesRecipe(Section):
    """Settings of the arms that keep fine-tuning close to the pretrained model, and of others."""

    recadam_gamma: float = Field(
        default=5_000.0,
        ge=0,
        description=_("RecAdam: weight of the squared distance. Its authors: 5,000."),
    )
    recadam_k: float = Field(
        default=0.1,
        gt=0,
        description=_("RecAdam: slope of the annealing. Its authors: the best of 0.05 to 1."),
    )
    recadam_t0: float | None = Field(
        default=None,
        ge=0,
        description=_(
            "RecAdam: step at which task and recall weigh the same. Its authors: the best "
            "of 100 to 1,000 of some 5,000 steps. If unset: 250, or a tenth of the steps where "
            "that is less."
        ),
    )
    mars_gamma: float = Field(
        default=7.4,
        gt=0,
        description=_(
            "MARS: largest distance of a row of an encoder weight from its initial value, "
            "as sum of absolute differences. Its authors search 1.6 to 33; this is the middle."
        ),
    )
    mars_head_gamma: float = Field(
        default=7.4,
        gt=0,
        description=_("MARS: likewise for the head, whose distance is from 0."),
    )
    r3f_weight: float = Field(
        default=1.0, ge=0, description=_("R3F: weight of the divergence. Its authors' code: 1.")
    )
    r3f_noise: float = Field(
        default=1e-5,
        ge=0,
        description=_(
            "R3F: half-width (uniform) or deviation (normal) of the noise. Its authors' code: 1e-5."
        ),
    )
    r3f_distribution: Literal["uniform", "normal"] = Field(
        default="uniform",
        description=_("R3F: distribution of the noise. Its authors' code: uniform."),
    )
    l2sp_alpha: float = Field(
        default=0.01,
        ge=0,
        description=_("L2-SP: weight of the encoder's squared distance. Its authors' code: 0.01."),
    )
    l2sp_beta: float = Field(
        default=0.01,
        ge=0,
        description=_("L2-SP: weight of the head's squared norm. Its authors' code: 0.01."),
    )
    pseudo_precision: float = Field(
        default=0.9,
        gt=0,
        le=1,
        description=_(
            "pseudo-labels: unlabeled {examples} are learned from if the average answer is "
            "at least as sure as it has to be for this share of validation {examples} to be right."
        ),
    )
    pseudo_share: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description=_(
            "pseudo-labels: without validation {examples}, the share of unlabeled ones "
            "that is learned from, the surest answers first."
        ),
    )
