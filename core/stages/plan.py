"""Which stages a run has, in order, and how much work each is."""

from dataclasses import dataclass

from core.recipe import Recipe


@dataclass(frozen=True)
class StagePlan:
    """One stage to come.

    Attributes:
        name: Folder name, numbered in the order of the run: `02-further-pretrain`.
        kind: `decoder-warmup`, `further-pretrain`, `self-distill` or `finetune`.
        num_steps: Optimizer steps.
        work: Arithmetic of the whole stage in forward passes of the encoder over all tokens
            (backward counts twice), for the time left; METHOD.md section 6.
        round: Of self-distillation, from 1; 0 elsewhere.
        arm: Of fine-tuning; empty elsewhere.
        seed_index: Of fine-tuning, from 0.
    """

    name: str
    kind: str
    num_steps: int
    work: float
    round: int = 0
    arm: str = ""
    seed_index: int = 0


@dataclass(frozen=True)
class Costs:
    """Forward passes in units of the encoder over all tokens of one image.

    Attributes:
        visible: Encoder over the visible tokens only.
        decoder: Decoder over all tokens.
    """

    visible: float
    decoder: float


def plan_stages(
    recipe: Recipe, costs: Costs, *, decoder_is_fresh: bool, can_finetune: bool
) -> list[StagePlan]:
    """All stages of a run, in order.

    Args:
        recipe: What was asked.
        costs: Of the model, for the time left.
        decoder_is_fresh: Whether the model came without a decoder, which is then warmed up.
        can_finetune: Whether there are labels to fine-tune on.
    """
    stages: list[StagePlan] = []

    def add(kind: str, suffix: str, num_steps: int, work: float, **more: object) -> None:
        name = f"{len(stages) + 1:02d}-{kind}{suffix}"
        stages.append(StagePlan(name, kind, num_steps, work, **more))  # type: ignore[arg-type]

    pretrain, distill, finetune = recipe.pretrain, recipe.distill, recipe.finetune
    masked = 3 * (costs.visible + costs.decoder)
    if pretrain.steps:
        if decoder_is_fresh and recipe.model.decoder_warmup_steps:
            steps = recipe.model.decoder_warmup_steps
            warmup = costs.visible + 3 * costs.decoder
            add("decoder-warmup", "", steps, steps * pretrain.batch_size * warmup)
        add("further-pretrain", "", pretrain.steps, pretrain.steps * pretrain.batch_size * masked)
        for number in range(1, distill.rounds + 1):
            live = 1 if distill.random_resized_crops or distill.targets == "live" else 0
            work = distill.steps * distill.batch_size * (masked + 3 + live)
            add("self-distill", f"-round-{number}", distill.steps, work, round=number)
    if can_finetune and finetune.steps:
        work = 3.0 * finetune.steps * finetune.batch_size
        for arm in arms_of(recipe):
            for seed in range(finetune.num_seeds):
                suffix = f"-{arm}-seed-{seed}"
                add("finetune", suffix, finetune.steps, work, arm=arm, seed_index=seed)
    return stages


def arms_of(recipe: Recipe) -> list[str]:
    """The arms that can be fine-tuned: those whose encoder the run makes."""
    made = {"base"}
    if recipe.pretrain.steps:
        made.add("further")
        if recipe.distill.rounds:
            made.add("distilled")
    return [arm for arm in recipe.finetune.arms if arm in made]


def later_work(stages: list[StagePlan], name: str) -> float:
    """Work of all stages after the named one."""
    index = next(i for i, stage in enumerate(stages) if stage.name == name)
    return sum(stage.work for stage in stages[index + 1 :])
