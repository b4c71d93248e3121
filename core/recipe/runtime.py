"""The section of the recipe that says on what machine a run happens."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from core.language import _
from core.recipe.section import Section

_DEVICE = r"^(auto|cpu|mps|xpu|cuda(:\d+)?)$"


class RuntimeRecipe(Section):
    """The machine; nothing here changes what is learned beyond rounding."""

    device: str = Field(
        default="auto",
        pattern=_DEVICE,
        description=_("auto, cpu, cuda, cuda:N, mps or xpu."),
    )
    devices: tuple[Annotated[str, Field(pattern=_DEVICE)], ...] = Field(
        default=(),
        strict=False,
        description=_(
            "Fine-tunings are spread over these devices, a process for each; the first "
            "one does the rest too and replaces `device`. Empty: `device` does everything."
        ),
    )
    precision: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        default="auto",
        description=_(
            "auto: bfloat16 where the device has it; float16, with a scaler "
            "of the loss, on GPUs that are fast in that alone (T4, RTX 20xx); else float32."
        ),
    )
    tf32: bool = Field(
        default=True,
        description=_(
            "float32 on NVIDIA's GPUs since Ampere: multiply in TF32, whose numbers have "
            "10 bits of mantissa instead of 23. Several times faster; off for every last digit."
        ),
    )
    micro_batch_size: int | None = Field(
        default=None,
        ge=1,
        description=_(
            "{Examples} per forward pass; halved by itself when memory runs out. The batch "
            "of a step stays the same."
        ),
    )
    compile: Literal["auto", "on", "off"] = Field(
        default="auto",
        description=_(
            "torch.compile the steps. auto: on one NVIDIA GPU, in stages that win back the "
            "time it takes, as measured at their first steps; not on a CPU, where it gains little. "
            "on (or true): those of pre-training and self-distillation in any case; each stage "
            "starts minutes later. Needs a C++ compiler, which the packaged program has not."
        ),
    )
    moments: Literal["float32", "bfloat16"] = Field(
        default="float32",
        description=_(
            "Precision of AdamW's two moments. bfloat16: 4 bytes less for each weight, in "
            "memory and in checkpoints; rounded by chance, so that they are right on average."
        ),
    )
    gradient_sums: Literal["float32", "bfloat16"] = Field(
        default="float32",
        description=_(
            "Precision in which several processes that train together add up gradients. "
            "bfloat16: half of what goes over the network, and 8 bits of mantissa instead of 24."
        ),
    )
    checkpoint_minutes: float = Field(
        default=5.0, ge=0, description=_("Minutes between checkpoints; 0: after every step.")
    )
    report_s: float = Field(
        default=0.25, ge=0, description=_("Seconds between progress events; 0: at every step.")
    )
    workers: int | None = Field(
        default=None, ge=0, le=256, description=_("Decoding processes; chosen by itself if unset.")
    )
    threads: int | None = Field(
        default=None, ge=1, le=1024, description=_("CPU threads of training; all cores if unset.")
    )
    log: tuple[Literal["tensorboard", "mlflow", "wandb-offline"], ...] = Field(
        default=(),
        strict=False,
        description=_(
            "Where others can look: what the plots show is written for these tools, too, "
            "into the folder `log` of the run, where their libraries are installed. Nothing goes "
            "over a network."
        ),
    )
    offline: bool = Field(default=False, description=_("Never ask the network for a model."))

    @field_validator("compile", mode="before")
    @classmethod
    def _yes_or_no(cls, value: object) -> object:
        """As recipes have it that knew nothing in between."""
        return {True: "on", False: "off"}[value] if isinstance(value, bool) else value
