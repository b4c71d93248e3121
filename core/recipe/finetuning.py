"""The section of the recipe that fine-tunes, and the arms it compares."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from core.language import _
from core.recipe.arms import ABLATIONS, ARMS, AVERAGES, BASE, METHOD, REGULARISED, TAUGHT
from core.recipe.ranges import (
    BatchSize,
    LearningRate,
    Share,
    Steps,
    WeightDecay,
)
from core.recipe.section import Section


def _listed(arms: tuple[str, ...], last: str) -> str:
    return f"{', '.join(arms[:-1])} {last} {arms[-1]}"


def _with_titles(arms: tuple[str, ...]) -> str:
    return ", ".join(f"{arm} ({ARMS[arm].title})" for arm in arms)


class FinetuneRecipe(Section):
    """Fine-tuning of encoder and new linear head on the labeled images."""

    steps: Steps = Field(default=10_000, description=_("Optimizer steps. Paper: 10,000."))
    batch_size: BatchSize = Field(default=32, description=_("{Examples} per step. Paper: 32."))
    lr: LearningRate = Field(
        default=1e-4,
        description=_(
            "Peak learning rate. With `search` the one that stands unless another proves to be "
            "better; models that learned to fill in pixels (MAE) have three times that. Paper: "
            "1e-4."
        ),
    )
    warmup_steps: Steps = Field(default=500, description=_("Linear warm-up. Paper: 500."))
    weight_decay: WeightDecay = Field(
        default=0.01,
        description=_("None on biases, position embeddings, class token. Paper: 0.01."),
    )
    decay_norms: bool = Field(
        default=True,
        description=_(
            "Weight decay on the weights of normalisations and other vectors too. Paper: yes."
        ),
    )
    layer_decay: float = Field(
        default=1.0,
        gt=0,
        le=1,
        description=_(
            "Factor on the learning rate from each layer to the one below it, so that "
            "early layers move less (Clark et al. 2020). 1: the same rate everywhere (paper)."
        ),
    )
    beta1: float = Field(default=0.9, ge=0, lt=1, description=_("AdamW beta 1. Paper: 0.9."))
    beta2: float = Field(default=0.999, ge=0, lt=1, description=_("AdamW beta 2. Paper: 0.999."))
    clip_norm: float = Field(default=1.0, ge=0, description=_("Gradient clipping. Paper: 1.0."))
    dropout: float = Field(default=0.1, ge=0, lt=1, description=_("Hidden dropout. Paper: 0.1."))
    own_dropout: bool = Field(
        default=False,
        description=_(
            "Hidden dropout as the model was pretrained with, none where it had none, "
            "instead of `dropout`. Paper: no."
        ),
    )
    drop_path: Share = Field(
        default=0.0,
        description=_(
            "Stochastic depth: how often an {example} skips the last layer, less often "
            "the layers below it (Huang et al. 2016). Paper: never."
        ),
    )
    label_smoothing: Share = Field(
        default=0.0,
        description=_("Share of each label that is spread over all classes. Paper: 0."),
    )
    loss: Literal["mse", "huber"] = Field(
        default="mse",
        description=_(
            "Where labels are numbers (regression): the squared error, or Huber's, which "
            "is linear beyond one standard deviation of the training labels, so that single wild "
            "labels count less (Huber 1964). Classes have the cross-entropy, whatever this says."
        ),
    )
    averaging: Share = Field(
        default=0.0,
        description=_(
            "The classifier is the exponential average of the weights over about so large "
            "a share of the steps. 0: the last weights (paper)."
        ),
    )
    flips: bool | Literal["auto"] = Field(
        default=True,
        description=_(
            "Random horizontal flips. `auto`: only if they don't change the class, which "
            "a probe fitted on unflipped training {examples} tells. Paper: yes."
        ),
    )
    random_resized_crops: bool = Field(
        default=False, description=_("Random resized crops in fine-tuning. Paper: no.")
    )
    crop_scale: float = Field(
        default=0.6, gt=0, le=1, description=_("Smallest share of the image's area in a crop.")
    )
    head: Literal["random", "probe", "regularised-probe"] = Field(
        default="random",
        description=_(
            "What the new linear head starts from: random weights (paper), or the linear "
            "probe fitted on the training {examples}, which leaves a short fine-tuning to the "
            "encoder (Kumar et al. 2022). `regularised-probe`: its strength is chosen by "
            "cross-validation, and its answers are softened until it is no surer of the training "
            "{examples} than of new ones. The same for every arm, each with its own encoder."
        ),
    )
    search: bool = Field(
        default=False,
        description=_(
            "Choose learning rate and steps for each arm by successive halving on "
            "validation {examples}: `search_rates` are tried with a quarter of the steps, the "
            "better half of them with half. The usual one (see `lr`), and all steps, stand "
            "unless others are better by more than one standard error, in the loss and in what is "
            "right. "
            "Each warms up for the same share of its steps as "
            "`warmup_steps` of `steps`, but for 30 or a third of them at least (none if that is "
            "0). Takes twice the time of one fine-tuning per arm. "
            "Without a validation part a fifth of the training {examples} is held out for it. "
            "Paper: no."
        ),
    )
    interpolate: bool = Field(
        default=False,
        description=_(
            "The classifier lies on the line between where fine-tuning started (with a "
            "fitted head) and where it ended: how far along, `search` tells; where nothing that it "
            "tried was better than the start, the classifier is the start. Without a search this "
            "does nothing (WiSE-FT, Wortsman et al. 2022). Paper: no."
        ),
    )
    search_rates: tuple[LearningRate, ...] = Field(
        default=(3e-5, 1e-4, 3e-4, 1e-3),
        strict=False,
        min_length=2,
        max_length=16,
        description=_(
            "Peak learning rates that the search tries; the one that is nearest to `lr` (MAE: to "
            "three times that) is the usual one."
        ),
    )
    pairs: bool = Field(
        default=False,
        description=_(
            "Where there are few labels (up to 50 per class), `search` also tries to train the "
            "encoder on pairs of labeled {examples}: those of a class are to be alike, others not; "
            "then the head is fitted. Taken if it is best there (as SetFit, Tunstall et al. 2022). "
            "Takes as long as one more fine-tuning per arm. Paper: no."
        ),
    )
    pairs_lr: LearningRate = Field(
        default=2e-5, description=_("Peak learning rate of fine-tuning on pairs.")
    )
    balance: Literal["none", "weights", "sampling"] = Field(
        default="none",
        description=_("For skewed classes: weights in the loss, or classes sampled evenly."),
    )
    arms: tuple[str, ...] = Field(
        default=METHOD,
        strict=False,
        description=_(
            "What is fine-tuned and compared: base (the pretrained model as it is), "
            "further (further pre-trained), distilled (self-distilled); the base model fine-tuned "
            "with {listed}; averages of its fine-tunings, which take no training, "
            "{averages}; the ablations {ablations}; and "
            "{taught}, which learns from all others."
        ).format(
            listed=_listed(REGULARISED, "or"),
            averages=_with_titles(AVERAGES),
            ablations=_with_titles(ABLATIONS),
            taught=_with_titles(TAUGHT),
        ),
    )
    num_seeds: int = Field(
        default=1, ge=1, le=100, description=_("Fine-tunings per arm. Paper: 5 (mean ± std).")
    )
    order: Literal["arms", "seeds"] = Field(
        default="arms",
        description=_(
            "Which fine-tunings come first: all seeds of an arm, or seed 0 of every arm, "
            "so that interim results are paired early (comparisons)."
        ),
    )

    @field_validator("arms")
    @classmethod
    def _are_known(cls, arms: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [arm for arm in arms if arm not in ARMS]:
            words = _("there is no arm {names}; there are {known}")
            raise ValueError(words.format(names=", ".join(unknown), known=", ".join(ARMS)))
        return arms

    @model_validator(mode="after")
    def _warmup_fits(self) -> Self:
        if self.steps and self.warmup_steps >= self.steps:
            words = _("warmup_steps {warmup} must be below steps {steps}")
            raise ValueError(words.format(warmup=self.warmup_steps, steps=self.steps))
        if len(set(self.search_rates)) != len(self.search_rates):
            raise ValueError(_("search_rates names one twice"))
        if len(set(self.arms)) != len(self.arms):
            raise ValueError(_("arms names one twice: {names}").format(names=", ".join(self.arms)))
        return self

    @model_validator(mode="after")
    def _averages_have_parts(self) -> Self:
        averages = [arm for arm in AVERAGES if arm in self.arms]
        if averages and BASE not in self.arms:
            words = _("{arm} is made of the fine-tunings of base: add it to arms")
            raise ValueError(words.format(arm=averages[0]))
        for arm in averages:
            if ARMS[arm].average == "seeds" and self.num_seeds < 2:
                words = _("{arm} averages seeds: set num_seeds to 2 or more")
                raise ValueError(words.format(arm=arm))
            if ARMS[arm].average == "start" and self.interpolate:
                words = _(
                    "interpolate does to every arm what {arm} does to base: set it to false, or "
                    "leave {arm} out of arms"
                )
                raise ValueError(words.format(arm=arm))
        return self
