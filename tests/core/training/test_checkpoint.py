"""Checkpoints on disk."""

import dataclasses
import errno
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from core.training import checkpoint as module
from core.training.checkpoint import (
    CheckpointState,
    groups_digest,
    load_newest_checkpoint,
    named_state,
    newest_step,
    remove_checkpoints,
    restore_named_state,
    save_checkpoint,
)
from core.training.optim import (
    build_adamw,
    decays_in_pretraining,
    finetuning_decay,
    set_lr,
)

STATE = CheckpointState(
    stage="s",
    step=1,
    seed=3,
    batch_size=8,
    images_seen=8,
    losses={"loss": 0.1},
    best={"step": 1, "knn": 0.5, "linear": None, "distance": 0.25},
)


def save(folder: Path, step: int) -> None:
    tensors = {"x": torch.full((3,), float(step))}
    save_checkpoint(folder, tensors, dataclasses.replace(STATE, step=step))


def refuse_damage(file: Path, reason: str) -> None:
    raise AssertionError(f"{file}: {reason}")


def test_that_a_checkpoint_is_read_back_as_it_was_saved(tmp_path: Path) -> None:
    tensors = {"model/a": torch.randn(2, 3).T, "optimizer/a/step": torch.tensor(4.0)}
    save_checkpoint(tmp_path, tensors, STATE)
    loaded = load_newest_checkpoint(tmp_path, "s", refuse_damage)
    assert loaded is not None
    assert loaded[1] == STATE
    assert loaded[0].keys() == tensors.keys()
    for name, value in tensors.items():
        assert torch.equal(loaded[0][name], value)


def test_that_never_more_than_two_checkpoints_are_kept(tmp_path: Path) -> None:
    for step in range(1, 6):
        save(tmp_path, step)
        assert len(list(tmp_path.iterdir())) == 2 * min(step, 2)
    assert newest_step(tmp_path) == 5
    remove_checkpoints(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert newest_step(tmp_path) == 0
    assert load_newest_checkpoint(tmp_path, "s", refuse_damage) is None


@pytest.mark.parametrize("call", ["fsync", "open"])
def test_that_a_checkpoint_that_finds_no_room_harms_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    save(tmp_path, 1)
    before = sorted(tmp_path.iterdir())

    def no_room(*args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if call == "fsync":
        monkeypatch.setattr(os, "fsync", no_room)
    else:
        monkeypatch.setattr(module, "write_json", no_room)
    with pytest.raises(OSError, match="No space") as caught:
        save(tmp_path, 2)
    assert caught.value.errno == errno.ENOSPC
    monkeypatch.undo()
    assert set(before) <= set(tmp_path.iterdir())
    loaded = load_newest_checkpoint(tmp_path, "s", refuse_damage)
    assert loaded is not None
    assert loaded[1].step == 1
    save(tmp_path, 2)
    assert newest_step(tmp_path) == 2


def test_that_a_checkpoint_of_a_newer_version_is_refused_not_passed_over(tmp_path: Path) -> None:
    save(tmp_path, 1)
    save(tmp_path, 2)
    record = tmp_path / "checkpoint-00000002.json"
    newer = {**json.loads(record.read_text()), "format": 9, "version": "7.1.0"}
    record.write_text(json.dumps(newer))
    with pytest.raises(module.RunError) as caught:
        load_newest_checkpoint(tmp_path, "s", refuse_damage)
    assert caught.value.id == "checkpoint-newer"
    assert "written by Redistill 7.1.0" in str(caught.value)


def test_that_the_layout_of_parameter_groups_is_part_of_a_checkpoint() -> None:
    model = nn.Linear(4, 2)
    parameters = dict(model.named_parameters())

    def digest(decays: Callable[[str, nn.Parameter], bool]) -> str:
        built = build_adamw(parameters.items(), weight_decay=0.1, betas=(0.9, 0.95), decays=decays)
        return groups_digest(parameters, built)

    assert digest(decays_in_pretraining) == digest(decays_in_pretraining)
    assert digest(decays_in_pretraining) != digest(lambda *_: True)


def test_that_training_goes_on_from_a_checkpoint_as_if_it_had_never_stopped(
    tmp_path: Path,
) -> None:
    def build() -> tuple[nn.Module, dict[str, nn.Parameter], torch.optim.AdamW]:
        torch.manual_seed(0)
        model = nn.Linear(4, 2)
        parameters = dict(model.named_parameters())
        optimizer = build_adamw(
            parameters.items(), weight_decay=0.1, betas=(0.9, 0.95), decays=decays_in_pretraining
        )
        set_lr(optimizer, 0.01)
        return model, parameters, optimizer

    def steps(model: nn.Module, optimizer: torch.optim.AdamW, which: range) -> None:
        for step in which:
            x = torch.randn(8, 4, generator=torch.Generator().manual_seed(step))
            optimizer.zero_grad()
            model(x).square().sum().backward()
            optimizer.step()

    model, parameters, optimizer = build()
    steps(model, optimizer, range(3))
    save_checkpoint(tmp_path, named_state(parameters, optimizer), STATE)
    steps(model, optimizer, range(3, 6))

    again, its_parameters, its_optimizer = build()
    loaded = load_newest_checkpoint(tmp_path, "s", refuse_damage)
    assert loaded is not None
    restore_named_state(loaded[0], its_parameters, its_optimizer)
    steps(again, its_optimizer, range(3, 6))
    for name, parameter in parameters.items():
        assert torch.equal(parameter, its_parameters[name])


def test_that_norms_biases_positions_and_tokens_do_not_decay() -> None:
    matrix, vector = nn.Parameter(torch.ones(2, 2)), nn.Parameter(torch.ones(2))
    table = nn.Parameter(torch.ones(1, 3, 2))
    decays = finetuning_decay(with_norms=False)
    assert decays("encoder.layer.0.attention.query.weight", matrix)
    assert decays("embeddings.word_embeddings.weight", matrix)
    for name in ("norm.weight", "blocks.0.ls1.gamma", "head.bias"):
        assert not decays(name, vector)
    for name in ("pos_embed", "model.encoder.cls_token", "encoder.reg_token"):
        assert not decays(name, table)
    assert not decays("embeddings.position_embeddings.weight", matrix)
    # As in the paper.
    assert finetuning_decay(with_norms=True)("norm.weight", vector)


def test_that_each_group_has_its_share_of_the_learning_rate() -> None:
    low, high, plain = (nn.Parameter(torch.ones(2, 2)) for _ in range(3))
    optimizer = build_adamw(
        [("low", low), ("high", high), ("plain", plain)],
        weight_decay=0.1,
        betas=(0.9, 0.999),
        decays=lambda name, parameter: name != "plain",
        governed=frozenset({"high"}),
        rate_factors={"low": 0.25, "high": 0.5},
    )
    set_lr(optimizer, 0.8, governed_factor=0.1)
    rates = {id(each): group["lr"] for group in optimizer.param_groups for each in group["params"]}
    assert rates[id(low)] == pytest.approx(0.2)
    assert rates[id(high)] == pytest.approx(0.04)
    assert rates[id(plain)] == pytest.approx(0.8)
