"""Settings of the objectives beside the masked one; where they are from stands in their table."""

from typing import Literal

from pydantic import Field

from core.language import _
from core.recipe.ranges import PositiveInt, Width
from core.recipe.section import Section


class ObjectivesRecipe(Section):
    """Settings of the objectives that learn from views of an example or have a head of their own.

    A view is what chance makes of an example: a crop, flipped or not, in another light.
    """

    view_area: float = Field(
        default=0.3,
        gt=0,
        le=1,
        description=_("Views: smallest share of the image's area in a crop."),
    )
    view_colour: float = Field(
        default=0.4,
        ge=0,
        lt=1,
        description=_(
            "Views: how much brightness, contrast and saturation change at most, as a "
            "share; 0 leaves them. SimCLR's authors: 0.8 of a strength of 0.5 or 1."
        ),
    )
    view_flips: bool | Literal["auto"] = Field(
        default="auto",
        description=_(
            "Views: random horizontal flips. `auto`: where a probe of the labeled images "
            "shows that a flip does not change the class; none without labels."
        ),
    )
    head_rate: float = Field(
        default=10.0,
        gt=0,
        le=1_000,
        description=_("Learning rate of an objective's own head, as a multiple of the encoder's."),
    )
    instance_smoothing: float = Field(
        default=0.8,
        ge=0,
        lt=1,
        description=_("instance: share of each target that is spread over all classes. DIET: 0.8."),
    )
    instance_classes: PositiveInt = Field(
        default=8_192,
        description=_(
            "instance: classes of a head at most. With more {examples} there are two "
            "heads, and what tells an example is its class in both."
        ),
    )
    contrastive_temperature: float = Field(
        default=0.2,
        gt=0,
        le=10,
        description=_(
            "contrastive: temperature. SimCLR's authors: the best of 0.05 to 1, by data."
        ),
    )
    contrastive_dim: Width = Field(
        default=128,
        description=_("contrastive: width of the space that views are compared in. SimCLR: 128."),
    )
    sentence_left_out: float = Field(
        default=0.3,
        gt=0,
        lt=1,
        description=_(
            "sentence: share of the tokens that each view of a text lacks. ConSERT: 0.15."
        ),
    )
    sentence_temperature: float = Field(
        default=0.05, gt=0, le=10, description=_("sentence: temperature. SimCSE: 0.05.")
    )
