"""The flips and crops that were drawn for a batch, made of it on the device."""

from core.training.augment import crop, flip
from core.training.feed import Batch


def augmented(batch: Batch) -> Batch:
    """The batch with the flips and crops that were drawn for it, which are then done with."""
    pixels = batch.get("pixels")
    if pixels is None:
        return batch
    if "flip" in batch:
        pixels = flip(pixels, batch["flip"])
    if "crop" in batch:
        pixels = crop(pixels, batch["crop"])
    left = {key: value for key, value in batch.items() if key not in {"flip", "crop"}}
    return {**left, "pixels": pixels}
