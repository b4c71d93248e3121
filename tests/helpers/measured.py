"""A machine that was measured."""

from core.planning.estimate import Measurement

MEASURED = Measurement(
    model="starter",
    device="a test",
    precision="float32",
    masked_step_s=0.4,
    distill_step_s=0.9,
    warmup_step_s=0.0,
    finetune_image_s=0.01,
    fixed_s=5.0,
    memory_gib={"further-pretrain": 1.5, "self-distill": 2.0, "finetune": 1.0},
    memory_free_gib=16.0,
    model_bytes=12_000_000,
    encoder_bytes=10_000_000,
    example_bytes=12_288,
    width=192,
    tokens=64,
)
