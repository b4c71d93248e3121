"""The recipe as a frozen, validated tree; each field carries its own help text.

The defaults are those of the paper's authors (arXiv 2210.02871; METHOD.md section 2, read in
seanie12/self-distillation). Choices beyond the paper are off by default.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from core.recipe.baselines import BaselinesRecipe
from core.recipe.section import Section

RECIPE_FORMAT = 1

Arm = Literal[
    "base",
    "further",
    "distilled",
    "recadam",
    "mars",
    "r3f",
    "l2sp",
    "distill-only",
    "teacher-initial",
    "longer-further",
]
ARMS: tuple[Arm, ...] = ("base", "further", "distilled")
Match = Literal["class_token", "patch_mean", "all_tokens"]
_DEVICE = r"^(auto|cpu|mps|xpu|cuda(:\d+)?)$"
PositiveInt = Annotated[int, Field(ge=1)]
Steps = Annotated[int, Field(ge=0, le=100_000_000)]
LearningRate = Annotated[float, Field(gt=0, le=10)]
Share = Annotated[float, Field(ge=0, lt=1)]


# What text wants instead of the images' defaults (METHOD.md section 2's paragraph on text). Of
# fine-tuning: ten epochs of some 3,000 texts, 6 % of them warm-up (Gururangan et al. 2020, whose
# sets the paper's are).
TEXT_DEFAULTS: dict[str, dict[str, Any]] = {
    "model": {"name": "starter-text", "decoder_warmup_steps": 0},
    "pretrain": {"lr": 1e-4, "mask_ratio": 0.15},
    "distill": {"lr": 1e-4, "mask_ratio": 0.15},
    "finetune": {
        "steps": 2_000,
        "batch_size": 16,
        "warmup_steps": 120,
        "lr": 2e-5,
        "flips": False,
    },
}


class DataRecipe(Section):
    """Where the examples are, and how the labeled ones are split."""

    kind: Literal["auto", "images", "text"] = Field(
        default="auto",
        description="What the examples are; `auto` looks into the folders. With text, defaults "
        "are those of text: the model starter-text, mask_ratio 0.15, learning rates 1e-4 and 2e-5, "
        "2,000 steps of 16 texts in fine-tuning, no flips.",
    )
    text_column: str | None = Field(
        default=None, description="Column of a table that holds the text; found if unset."
    )
    label_column: str | None = Field(
        default=None, description="Column of a table that holds the label; found if unset."
    )
    unlabeled: tuple[str, ...] = Field(
        default=(), strict=False, description="Folders of unlabeled images, any layout."
    )
    labeled: str | None = Field(
        default=None,
        description="Folder of class folders, of train/val/test with class folders, or a table "
        "(CSV, TSV, JSONL, Parquet) of path and label.",
    )
    test_fraction: Share = Field(
        default=0.2, description="Share held out for testing when there is no test split."
    )
    val_fraction: Share = Field(
        default=0.0,
        description="Share held out for validation when there is no val split. The paper uses "
        "none; the probes then cross-validate on the training images.",
    )
    labels_per_class: int | None = Field(
        default=None,
        ge=1,
        description="Labeled training images used at most of each class, drawn with the seed; all "
        "if unset. For how accuracy grows with labels; pre-training sees every image all the same.",
    )
    pretrain_on_test: bool = Field(
        default=False, description="Let images of the test split enter pre-training (unlabeled)."
    )
    disk_budget_gib: float = Field(
        default=20.0,
        ge=0,
        description="Decoded images are kept on disk up to this size; beyond it they are decoded "
        "again whenever they are needed.",
    )


class ModelRecipe(Section):
    """The pretrained model everything starts from."""

    name: str = Field(
        default="starter",
        min_length=1,
        description="`starter`, a ViT-MAE repository, a timm ViT, a folder or a .safetensors file. "
        "For text: `starter-text`, a masked language model's repository or folder.",
    )
    image_size: int | None = Field(
        default=None, ge=8, le=4096, description="Input size in pixels; the model's own if unset."
    )
    max_length: int = Field(
        default=128, ge=8, le=8192, description="Tokens of a text sequence, special ones included."
    )
    whole_word_masking: bool = Field(
        default=False, description="For text: hide all tokens of a word together."
    )
    decoder_depth: PositiveInt = Field(default=8, description="Blocks of a fresh decoder.")
    decoder_dim: PositiveInt = Field(default=512, description="Width of a fresh decoder.")
    decoder_heads: PositiveInt = Field(default=16, description="Heads of a fresh decoder.")
    decoder_warmup_steps: Steps = Field(
        default=1_000,
        description="Steps that train a fresh decoder with the encoder frozen, before anything "
        "else; not used when the model brings its decoder.",
    )

    @model_validator(mode="after")
    def _heads_divide_width(self) -> Self:
        if self.decoder_dim % self.decoder_heads or self.decoder_dim % 4:
            raise ValueError(
                f"decoder_dim {self.decoder_dim} must be a multiple of decoder_heads "
                f"{self.decoder_heads} and of 4"
            )
        return self


class _Masked(Section):
    steps: Steps = Field(default=20_000, description="Optimizer steps. Paper: 20,000.")
    batch_size: PositiveInt = Field(default=64, description="Images per step. Paper: 64.")
    lr: LearningRate = Field(
        default=1.5e-4, description="Peak learning rate, decaying linearly to 0. Paper: 1.5e-4."
    )
    warmup_steps: Steps = Field(default=0, description="Linear warm-up. Paper: none.")
    weight_decay: float = Field(
        default=0.01, ge=0, description="AdamW weight decay, none on 1-D parameters. Paper: 0.01."
    )
    beta1: float = Field(default=0.9, ge=0, lt=1, description="AdamW beta 1. Paper: 0.9.")
    beta2: float = Field(default=0.95, ge=0, lt=1, description="AdamW beta 2. Paper: 0.95.")
    clip_norm: float = Field(default=0.0, ge=0, description="Gradient clipping; 0 is none (paper).")
    mask_ratio: float = Field(
        default=0.75, gt=0, lt=1, description="Share of patches hidden. Paper: 0.75."
    )
    flips: bool = Field(
        default=False, description="Random horizontal flips in pre-training. Paper: no."
    )
    random_resized_crops: bool = Field(
        default=False,
        description="Random resized crops in pre-training. Paper: no. The teacher then has to run "
        "at every step, because its targets change with the crop.",
    )
    crop_scale: float = Field(
        default=0.2, gt=0, le=1, description="Smallest share of the image's area in a crop."
    )

    @model_validator(mode="after")
    def _warmup_fits(self) -> Self:
        if self.steps and self.warmup_steps >= self.steps:
            raise ValueError(f"warmup_steps {self.warmup_steps} must be below steps {self.steps}")
        return self


class PretrainRecipe(_Masked):
    """Further pre-training: the masked objective on unlabeled images; the result is the teacher."""

    keep: Literal["last", "best"] = Field(
        default="last",
        description="Which encoder becomes the teacher and the `further` arm: the last one "
        "(paper) or the best one by the probes.",
    )


class DistillRecipe(_Masked):
    """Self-distillation: the masked objective plus closeness to the teacher."""

    rounds: int = Field(
        default=1, ge=0, le=100, description="Teacher-to-student rounds. Paper: 1. 0: none."
    )
    weight: float = Field(
        default=1.0, ge=0, description="Weight of the distillation term. Paper: 1."
    )
    match: Match = Field(
        default="class_token",
        description="Which representation is matched: class token (paper), mean of the patches, "
        "or all tokens.",
    )
    targets: Literal["auto", "precomputed", "live"] = Field(
        default="auto",
        description="Teacher targets computed once per round, or by a live teacher at each step. "
        "`auto`: once wherever preprocessing is deterministic and they fit the disk budget.",
    )
    keep: Literal["last", "best"] = Field(
        default="last", description="Which encoder ends the round: the last (paper) or the best."
    )

    @model_validator(mode="after")
    def _targets_can_be_stored(self) -> Self:
        if self.targets == "precomputed" and self.random_resized_crops:
            raise ValueError("targets can't be precomputed with random_resized_crops")
        return self


class FinetuneRecipe(Section):
    """Fine-tuning of encoder and new linear head on the labeled images."""

    steps: Steps = Field(default=10_000, description="Optimizer steps. Paper: 10,000.")
    batch_size: PositiveInt = Field(default=32, description="Images per step. Paper: 32.")
    lr: LearningRate = Field(default=1e-4, description="Peak learning rate. Paper: 1e-4.")
    warmup_steps: Steps = Field(default=500, description="Linear warm-up. Paper: 500.")
    weight_decay: float = Field(
        default=0.01,
        ge=0,
        description="None on biases, position embeddings, class token. Paper: 0.01.",
    )
    beta1: float = Field(default=0.9, ge=0, lt=1, description="AdamW beta 1. Paper: 0.9.")
    beta2: float = Field(default=0.999, ge=0, lt=1, description="AdamW beta 2. Paper: 0.999.")
    clip_norm: float = Field(default=1.0, ge=0, description="Gradient clipping. Paper: 1.0.")
    dropout: float = Field(default=0.1, ge=0, lt=1, description="Hidden dropout. Paper: 0.1.")
    flips: bool = Field(default=True, description="Random horizontal flips. Paper: yes.")
    balance: Literal["none", "weights", "sampling"] = Field(
        default="none",
        description="For skewed classes: weights in the loss, or classes sampled evenly.",
    )
    arms: tuple[Arm, ...] = Field(
        default=ARMS,
        strict=False,
        description="What is fine-tuned and compared: base (the pretrained model as it is), "
        "further (further pre-trained), distilled (self-distilled); the base model fine-tuned with "
        "recadam, mars, r3f or l2sp; and the ablations distill-only (without the masked loss), "
        "teacher-initial (teacher with the initial weights), longer-further (further "
        "pre-training of the same cost as self-distillation).",
    )
    num_seeds: int = Field(
        default=1, ge=1, le=100, description="Fine-tunings per arm. Paper: 5 (mean ± std)."
    )
    order: Literal["arms", "seeds"] = Field(
        default="arms",
        description="Which fine-tunings come first: all seeds of an arm, or seed 0 of every arm, "
        "so that interim results are paired early (comparisons).",
    )

    @model_validator(mode="after")
    def _warmup_fits(self) -> Self:
        if self.steps and self.warmup_steps >= self.steps:
            raise ValueError(f"warmup_steps {self.warmup_steps} must be below steps {self.steps}")
        if len(set(self.arms)) != len(self.arms):
            raise ValueError(f"arms names one twice: {', '.join(self.arms)}")
        return self


class ProbeRecipe(Section):
    """How often the representation itself is looked at during pre-training."""

    every: Steps = Field(
        default=1_000, description="Steps between probes; 0: only at the end of a stage."
    )
    neighbours: PositiveInt = Field(default=20, description="k of the nearest-neighbour probe.")
    max_images: PositiveInt = Field(default=2_000, description="Labeled images used at most.")


class RuntimeRecipe(Section):
    """The machine; nothing here changes what is learned beyond rounding."""

    device: str = Field(
        default="auto",
        pattern=_DEVICE,
        description="auto, cpu, cuda, cuda:N, mps or xpu.",
    )
    devices: tuple[Annotated[str, Field(pattern=_DEVICE)], ...] = Field(
        default=(),
        strict=False,
        description="Fine-tunings are spread over these devices, a process for each; the first "
        "one does the rest too and replaces `device`. Empty: `device` does everything.",
    )
    precision: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        default="auto", description="auto: bfloat16 where the device has it, else float32."
    )
    micro_batch_size: int | None = Field(
        default=None,
        ge=1,
        description="Images per forward pass; halved by itself when memory runs out. The batch "
        "of a step stays the same.",
    )
    compile: bool = Field(
        default=False, description="torch.compile the training step (CUDA on Linux; measure first)."
    )
    checkpoint_minutes: float = Field(
        default=5.0, ge=0, description="Minutes between checkpoints; 0: after every step."
    )
    report_s: float = Field(
        default=0.25, ge=0, description="Seconds between progress events; 0: at every step."
    )
    workers: int | None = Field(
        default=None, ge=0, le=256, description="Decoding processes; chosen by itself if unset."
    )
    threads: int | None = Field(
        default=None, ge=1, le=1024, description="CPU threads of training; all cores if unset."
    )
    offline: bool = Field(default=False, description="Never ask the network for a model.")


class Recipe(Section):
    """Everything that was asked of a run."""

    format: int = Field(default=RECIPE_FORMAT, description="Version of the recipe format.")
    seed: int = Field(default=0, ge=0, lt=2**31, description="All randomness follows from it.")
    data: DataRecipe = Field(default_factory=DataRecipe)
    model: ModelRecipe = Field(default_factory=ModelRecipe)
    pretrain: PretrainRecipe = Field(default_factory=PretrainRecipe)
    distill: DistillRecipe = Field(default_factory=DistillRecipe)
    finetune: FinetuneRecipe = Field(default_factory=FinetuneRecipe)
    baselines: BaselinesRecipe = Field(default_factory=BaselinesRecipe)
    probe: ProbeRecipe = Field(default_factory=ProbeRecipe)
    runtime: RuntimeRecipe = Field(default_factory=RuntimeRecipe)

    @model_validator(mode="before")
    @classmethod
    def _defaults_of_text(cls, values: Any) -> Any:
        """Fill in what was not asked, so that a recipe file always says what is used."""
        if not isinstance(values, dict) or not isinstance(values.get("data"), dict):
            return values
        if values["data"].get("kind") != "text":
            return values
        filled = dict(values)
        for section, defaults in TEXT_DEFAULTS.items():
            asked = values.get(section, {})
            if isinstance(asked, dict):
                filled[section] = {**defaults, **asked}
        return filled

    @model_validator(mode="after")
    def _stages_fit(self) -> Self:
        if self.distill.rounds and not self.pretrain.steps:
            raise ValueError(
                "distill.rounds needs a teacher: set pretrain.steps above 0, or distill.rounds to 0"
            )
        if self.distill.rounds and not self.distill.steps:
            raise ValueError("distill.steps is 0: set it above 0, or distill.rounds to 0")
        if (
            self.data.kind == "text"
            and self.distill.match == "all_tokens"
            and self.distill.targets != "live"
        ):
            # Texts differ in length, so their targets have no common shape on disk.
            raise ValueError("with text, distill.match all_tokens needs distill.targets live")
        return self
