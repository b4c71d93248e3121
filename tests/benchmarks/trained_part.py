"""What a step of further pre-training takes when a part of the encoder is trained.

    python -m tests.benchmarks.trained_part --model FOLDER [--size 112] [--batch 32] [--rounds 3]

Each choice runs in a process of its own, in turns, so that what else the machine does hits all
alike. Memory is the most the process ever held, above what it held before the first step.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time

CHOICES = ("all", "last:2", "lora:8")


def one(model_name: str, size: int, batch: int, steps: int, choice: str) -> dict[str, float]:
    """Seconds of a step, and GiB that steps took at most."""
    import torch

    from core.images.model.sources import load_model
    from core.models.trained_part import train_part
    from core.recipe.trained import trained_part
    from core.training.optim import build_adamw, decays_in_pretraining, set_lr, trainable

    model = load_model(model_name, image_size=size).model
    train_part(model, trained_part(choice), seed=0)
    trained = trainable(model)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    adamw = build_adamw(
        trained.items(), weight_decay=0.01, betas=(0.9, 0.95), decays=decays_in_pretraining
    )
    set_lr(adamw, 1e-4, 1.0, seed=0)
    pixels = torch.randint(0, 256, (batch, 3, size, size), dtype=torch.uint8)
    noise = model.mask_noise(batch, torch.Generator().manual_seed(0))
    # With the unmasked pass, which self-distillation adds and whose activations weigh most.
    taken = []
    for _ in range(steps):
        began = time.perf_counter()
        adamw.zero_grad()
        features = model.represent({"pixels": pixels})
        loss = model.masked_loss({"pixels": pixels}, noise) + features.square().mean()
        loss.backward()
        adamw.step()
        taken.append(time.perf_counter() - began)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    count = sum(value.numel() for value in trainable(model.encoder).values())
    return {"s": min(taken[1:]), "gib": (held - before) / 2**20, "millions": count / 1e6}


def main() -> None:
    """Run the choices in turns and print a line of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--size", type=int, default=112)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--one", help="of the choices, for a process of its own")
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(one(asked.model, asked.size, asked.batch, asked.steps, asked.one)))
        return
    found: dict[str, list[dict[str, float]]] = {choice: [] for choice in CHOICES}
    for _ in range(asked.rounds):
        for choice in CHOICES:
            command = [sys.executable, "-m", "tests.benchmarks.trained_part", *sys.argv[1:]]
            out = subprocess.check_output([*command, "--one", choice], text=True)
            found[choice].append(json.loads(out.splitlines()[-1]))
    middle = {
        c: {k: statistics.median(e[k] for e in each) for k in each[0]} for c, each in found.items()
    }
    whole = middle["all"]
    for choice, each in middle.items():
        shares = {key: each[key] / whole[key] for key in ("s", "gib")}
        print(
            f"{choice:7} {each['millions']:5.1f} M of the encoder, "
            f"{each['s']:.2f} s a step ({shares['s']:.0%}), "
            f"{each['gib']:.2f} GiB ({shares['gib']:.0%})"
        )


if __name__ == "__main__":
    main()
