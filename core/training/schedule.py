"""The learning rate as one function of the step."""


def lr_at(step: int, *, num_steps: int, warmup_steps: int, lr: float) -> float:
    """Linear warm-up to `lr`, then linear decay to 0 at `num_steps` (METHOD.md section 2).

    Args:
        step: Steps done before this one, from 0.
        num_steps: Steps of the stage.
        warmup_steps: Steps of warm-up; the first one already has a rate above 0 when there is
            none.
        lr: Peak learning rate.
    """
    if step < warmup_steps:
        return lr * step / warmup_steps
    return lr * max(0, num_steps - step) / (num_steps - warmup_steps)
