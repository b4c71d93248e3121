"""The sections of the recipe that say what is trained: examples and pretrained model."""

import re
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from core.language import _
from core.recipe.modality import AUTO, modalities
from core.recipe.ranges import Depth, Share, Steps, Width
from core.recipe.section import Section

LeaveOutCopies = Literal["near", "exact", "none", "all"]
AskedTask = Literal["auto", "single-label", "multi-label", "regression"]


class DataRecipe(Section):
    """Where the examples are, and how the labeled ones are split."""

    kind: str = Field(
        default=AUTO,
        description=_(
            "What the examples are; `auto` looks into the folders. With text, defaults "
            "are those of text: the model starter-text, mask_ratio 0.15, learning rates 1e-4 and "
            "2e-5, 2,000 steps of 16 texts in fine-tuning, no flips."
        ),
    )
    task: AskedTask = Field(
        default="auto",
        description=_(
            "Whether each {example} has one label or any number of them, none included "
            "(single-label or multi-label classification), or a number to be predicted "
            "(regression). `auto`: multi-label where a table has rows with several (lists, `a;b`, "
            "several columns of 0 and 1), at least one in twenty of the labeled ones that are "
            "looked at; else such rows are left out. Regression where the labels are numbers, too "
            "many and too fine to be codes of classes. What was found is said."
        ),
    )
    text_column: str | None = Field(
        default=None, description=_("Column of a table that holds the text; found if unset.")
    )
    label_column: str | None = Field(
        default=None,
        description=_(
            "Column of a table that holds the label; found if unset. Several with commas "
            "(`cat,dog`) are columns of 0 and 1, a label each."
        ),
    )
    path_column: str | None = Field(
        default=None, description=_("Column of a table that names the image; found if unset.")
    )
    split_column: str | None = Field(
        default=None,
        description=_("Column of a table that says train, val or test; found if unset."),
    )
    encoding: str | None = Field(
        default=None,
        description=_(
            "Encoding of tables and plain texts, such as cp1252 or gb18030; found if "
            "unset. One with a byte order mark says its own."
        ),
    )
    separator: Literal["comma", "semicolon", "tab", "bar"] | None = Field(
        default=None, description=_("What separates the columns of CSV and TSV; found if unset.")
    )
    left_out: tuple[str, ...] = Field(
        default=(),
        strict=False,
        description=_(
            "Names of {examples} that are not used, as the scan shows them: a path below "
            "the folder or a whole one; of a row in a table with its line, `train.csv:12`."
        ),
    )
    corrections: str | None = Field(
        default=None,
        description=_(
            "Table of corrected labels (columns example, given_label, decision, "
            "new_label), as `redistill labels` and the Data page write it; the data stay as they "
            "are."
        ),
    )
    unlabeled: tuple[str, ...] = Field(
        default=(),
        strict=False,
        description=_("Folders of unlabeled images, any layout; folders or files of texts."),
    )
    labeled: str | None = Field(
        default=None,
        description=_(
            "Folder of class folders, of train/val/test with class folders, or a table "
            "(CSV, TSV, JSON, Parquet) of path and label; for text also of train/dev/test tables."
        ),
    )
    choose_unlabeled: float = Field(
        default=1.0,
        gt=0,
        le=1,
        description=_(
            "Share of unlabeled {examples} that is pre-trained on: those that lie nearest "
            "to the labeled ones in the features of the initial model, each of which picks in turn "
            "(kNN-TAPT, Gururangan et al. 2020). For folders that are mixed, or much larger than "
            "the labeled one. 1: all (paper)."
        ),
    )
    test_fraction: Share = Field(
        default=0.2, description=_("Share held out for testing when there is no test split.")
    )
    val_fraction: Share = Field(
        default=0.0,
        description=_(
            "Share held out for validation when there is no val split. The paper uses "
            "none; the probes then cross-validate on the training {examples}."
        ),
    )
    leave_out_copies: LeaveOutCopies = Field(
        default="near",
        description=_(
            "Which copies are left out of training and pre-training: `near`, those of test "
            "and validation {examples}, exact ones and nearly the same; `exact`, only exact ones; "
            "`all`, also those of other training {examples}; `none`. Whatever it is, pre-training "
            "sees no exact copy of a test {example}."
        ),
    )
    group_column: str | None = Field(
        default=None,
        description=_(
            "Column of a table that says what belongs together (patient, video, sheet): a "
            "group is never on both sides of a split that is drawn here."
        ),
    )
    group_pattern: str | None = Field(
        default=None,
        description=_(
            "The same from names: a regular expression whose one group, as in "
            r"`(patient\d+)_`, says what belongs together."
        ),
    )
    labels_per_class: int | None = Field(
        default=None,
        ge=1,
        description=_(
            "Labeled training {examples} used at most of each class, drawn with the seed; "
            "all if unset. For how accuracy grows with labels; pre-training sees every {example} "
            "all the same."
        ),
    )
    pretrain_on_test: bool = Field(
        default=False,
        description=_("Let {examples} of the test split enter pre-training (unlabeled)."),
    )
    disk_budget_gib: float = Field(
        default=20.0,
        ge=0,
        description=_(
            "Decoded {examples} are kept on disk up to this size; beyond it they are "
            "decoded again whenever they are needed."
        ),
    )

    @field_validator("kind")
    @classmethod
    def _is_known(cls, kind: str) -> str:
        known = [AUTO, *modalities()]
        if kind not in known:
            raise ValueError(_("must be one of {known}").format(known=", ".join(known)))
        return kind

    @field_validator("group_pattern")
    @classmethod
    def _has_one_group(cls, pattern: str | None) -> str | None:
        if pattern is None:
            return None
        try:
            num_groups = re.compile(pattern).groups
        except re.error as error:
            words = _("is no regular expression: {error}")
            raise ValueError(words.format(error=error)) from None
        if num_groups != 1:
            words = _("must have one group in brackets, as in (patient\\d+)_, and has {number}")
            raise ValueError(words.format(number=num_groups))
        return pattern

    @model_validator(mode="after")
    def _is_grouped_one_way(self) -> Self:
        if self.group_column is not None and self.group_pattern is not None:
            raise ValueError(
                _("group_column and group_pattern can't both say what belongs together")
            )
        return self


class ModelRecipe(Section):
    """The pretrained model everything starts from."""

    name: str = Field(
        default="starter",
        min_length=1,
        description=_(
            "`starter`, a ViT-MAE repository, a timm ViT, a folder or a .safetensors file. "
            "For text: `starter-text`, a masked language model's repository or folder."
        ),
    )
    image_size: int | None = Field(
        default=None,
        ge=8,
        le=4096,
        description=_("Input size in pixels; the model's own if unset."),
    )
    fit_image_size: bool = Field(
        default=False,
        description=_(
            "Where image_size is unset: take a size near that of the images if the model's "
            "own has far more patches (DINOv2 opens at 518 pixels); what was taken is said."
        ),
    )
    max_length: int = Field(
        default=128,
        ge=8,
        le=8192,
        description=_("Tokens of a text sequence, special ones included."),
    )
    whole_word_masking: bool = Field(
        default=False, description=_("For text: hide all tokens of a word together.")
    )
    pooling: Literal["auto", "first", "mean", "max", "head"] = Field(
        default="auto",
        description=_(
            "For text: how a text becomes one vector: its first token, the mean or the "
            "largest values of all tokens, or the classification head of the architecture. `auto`: "
            "as the model's files say (sentence encoders), else what suits it, which is told."
        ),
    )
    decoder_depth: Depth = Field(default=8, description=_("Blocks of a fresh decoder."))
    decoder_dim: Width = Field(default=512, description=_("Width of a fresh decoder."))
    decoder_heads: Width = Field(default=16, description=_("Heads of a fresh decoder."))
    decoder_warmup_steps: Steps = Field(
        default=1_000,
        description=_(
            "Steps that train a fresh decoder with the encoder frozen, before anything "
            "else; not used when the model brings its decoder."
        ),
    )

    @model_validator(mode="after")
    def _heads_divide_width(self) -> Self:
        if self.decoder_dim % self.decoder_heads or self.decoder_dim % 4:
            words = _("decoder_dim {width} must be a multiple of decoder_heads {heads} and of 4")
            raise ValueError(words.format(width=self.decoder_dim, heads=self.decoder_heads))
        return self
