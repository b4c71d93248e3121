"""Each architecture of text models trains without a question to the device."""

from pathlib import Path

import torch

from core.models.attention import attend_without_asking
from core.text.model.store import load_masked_lm
from core.text.token_source import padded
from core.training.seeds import torch_generator
from tests.helpers.text_worlds import ARCHITECTURES, save_tiny_masked_lm
from tests.later.dlpack import NAME
from tests.later.process import on_later
from tests.later.waits import WAITS


def waits_of(folders: list[str]) -> dict[str, list[str]]:
    """What the host waits for in a pass forward and backward, by the name of a model's folder."""
    found = {}
    for folder in folders:
        model = load_masked_lm(folder, max_length=24, whole_words=True, offline=True, seed=1)
        attend_without_asking(model)
        ids = [torch.arange(5, 5 + length).numpy() for length in (20, 7)]
        batch = padded(ids, [row - 5 for row in ids], model.description.pad_id)
        batch["noise"] = model.mask_noise(2, torch_generator(1))
        batch |= model.plan_masks(batch)
        model.to(NAME)
        there = {key: value.to(NAME) for key, value in batch.items()}
        before = WAITS.seen.copy()
        loss = model.masked_loss(there, there["noise"])
        (loss + model.represent(there).sum()).backward()
        found[Path(folder).name] = [f"{what} in {where}" for what, where, _ in WAITS.seen - before]
    return found


def test_that_no_architecture_asks_the_device(tmp_path: Path) -> None:
    folders = [str(save_tiny_masked_lm(tmp_path / name, name)) for name in ARCHITECTURES]
    assert on_later(waits_of, folders) == {name: [] for name in ARCHITECTURES}
