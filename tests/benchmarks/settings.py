"""What is measured: one dataclass that travels to both sides as JSON."""

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

# A GPU's losses are read once in so many steps (core.training.loop), so it is timed in such blocks.
GPU_BLOCK = 8
STAGES = ("further", "distill", "finetune")
# Classes that fine-tuning tells apart.
CLASSES = 10
# Side of the JPEG files for an input size: what a photograph of that data set would have.
_FILE_SIDE = {64: 100, 224: 256}
# --preset: model, image size.
PRESETS = {
    "small-64": ("starter", 64),
    "vit-s-224": ("vit_small_patch16_224", 224),
    "vit-b-224": ("vit_base_patch16_224", 224),
    "tiny-32": ("tiny", 32),
}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One comparison.

    Attributes:
        model: `starter`, `tiny` or the timm name of a Vision Transformer; random weights.
        image_size: Input size in pixels.
        decoder: (depth, width, heads) of the decoder for timm models.
        stage: `further`, `distill` or `finetune`.
        device: `cpu` or `cuda`.
        precision: Of ours; the reference computes in float32, as its authors did.
        threads: Of each side; None for torch's choice.
        batch_size: Images per step.
        images: JPEG files.
        warm_up: Steps of each side before anything is timed.
        settle: Untimed steps before every timed block, in which the queues of fetched batches,
            full from the pause, get back to their steady state.
        steps: Timed steps per block.
        repeats: Blocks per side.
    """

    model: str
    image_size: int
    decoder: tuple[int, int, int]
    stage: str
    device: str
    precision: str
    threads: int | None
    batch_size: int
    images: int
    warm_up: int
    settle: int
    steps: int
    repeats: int

    @property
    def num_steps(self) -> int:
        """All steps of a side."""
        return self.warm_up + self.repeats * (self.settle + self.steps)

    @property
    def file_side(self) -> int:
        """Shorter side of the JPEG files in pixels."""
        return _FILE_SIDE.get(self.image_size, self.image_size * 5 // 4)

    def on_gpu_blocks(self) -> "Settings":
        """The same in whole blocks of steps."""

        def up(steps: int) -> int:
            return -(-steps // GPU_BLOCK) * GPU_BLOCK

        return dataclasses.replace(
            self, warm_up=up(self.warm_up), settle=up(self.settle), steps=up(self.steps)
        )

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Settings":
        values: dict[str, Any] = json.loads(text)
        return cls(**{**values, "decoder": tuple(values["decoder"])})
