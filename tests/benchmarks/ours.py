"""This repository's training loop, unmodified; what is measured is read off its events."""

import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core.images.data.pixels import pixels_for
from core.images.data.scan import scan
from core.images.model.mae import MaskedAutoencoder
from core.images.pixel_source import PixelSource
from core.models.attention import attend_plainly_on_cpu, attend_without_asking
from core.recipe import FinetuneRecipe, PretrainRecipe, RuntimeRecipe
from core.run.events import Event, StepDone
from core.stages.finetune_objective import FinetuneObjective
from core.stages.objectives.distill import DistillObjective
from core.stages.objectives.masked import MaskedObjective
from core.stages.tasks.single_label import CrossEntropy
from core.stages.teacher_targets import compute_targets
from core.training import loop
from core.training.context import Adjustments, RunContext
from core.training.device import Hardware, set_up_hardware
from core.training.feed import Batch, Feed, Prefetch
from core.training.job import Job
from core.training.optim import decays_in_finetuning, decays_in_pretraining, trainable
from core.training.order import shuffled_order
from tests.benchmarks.architecture import describe_model
from tests.benchmarks.flops import matmul_peak, model_flops
from tests.benchmarks.measure import Turns, peak_memory_gib
from tests.benchmarks.settings import CLASSES, Settings

_STAGE = "01-benchmark"
_SEED = 0
# At every look of the loop at its losses; 0 would make it look, and a GPU wait, at every step.
OFTEN_S = 1e-9


class WatchedPrefetch(Prefetch):
    """Adds up how long the loop waited for its batches."""

    waited_s = 0.0

    def get(self, step: int) -> Batch:
        start = time.perf_counter()
        batch = super().get(step)
        WatchedPrefetch.waited_s += time.perf_counter() - start
        return batch

    @classmethod
    def take_waited(cls) -> dict[str, float]:
        waited, cls.waited_s = cls.waited_s, 0.0
        return {"waited_s": waited}


class Preparation:
    """What happens once per run: images decoded, teacher targets computed; how long it took."""

    def __init__(self, settings: Settings, work: Path) -> None:
        self._settings = settings
        self._work = work
        (work / "run").mkdir()
        runtime = RuntimeRecipe(
            device=settings.device, precision=settings.precision, threads=settings.threads
        )
        self.hardware: Hardware = set_up_hardware(runtime)
        self.times: dict[str, float] = {}
        torch.manual_seed(_SEED)
        self.model = MaskedAutoencoder(describe_model(settings))
        self.source, self.examples = self._pixels()

    def _pixels(self) -> tuple[PixelSource, np.ndarray]:
        start = time.perf_counter()
        manifest = scan([self._work / "files"], None, cache=self._work / "cache")
        self.times["scan_s"] = time.perf_counter() - start
        start = time.perf_counter()
        images = manifest.pretraining_examples()
        store = pixels_for(
            images,
            manifest,
            folder=self._work / "pixels",
            size=self.model.preprocessing.image_size,
            interpolation=self.model.preprocessing.interpolation,
            disk_budget_bytes=20 * 2**30,
        )
        source = PixelSource(store, store.num_bytes, store.num_images, self.hardware.device)
        self.times["decode_s"] = time.perf_counter() - start
        return source, store.indices_of(images)

    def targets(self, context: RunContext) -> Any:
        """The teacher's answers, from a teacher with weights of its own; `TargetStore.rows`."""
        start = time.perf_counter()
        torch.manual_seed(_SEED + 1)
        teacher = MaskedAutoencoder(describe_model(self._settings))
        teacher.to(self.hardware.device).eval()
        store = compute_targets(
            self._work / "run",
            partial(teacher.represent, match="class_token"),
            (teacher.feature_dim,),
            self.source,
            self.examples,
            flips=False,
            stage=_STAGE,
            hardware=self.hardware,
            context=context,
            identity={},
            batch_size=self._settings.batch_size,
        )
        self.times["targets_s"] = time.perf_counter() - start
        return store.rows


def build_job(settings: Settings, prepared: Preparation, context: RunContext) -> Job:
    """A stage with the paper's hyper-parameters, as `core.stages` sets it up."""
    hardware = prepared.hardware
    build = _finetuning if settings.stage == "finetune" else _masked
    job = build(settings, prepared, context)
    if hardware.device.type == "cpu":
        attend_plainly_on_cpu(job.objective)
    if hardware.kind.runs_ahead:
        attend_without_asking(job.objective)
    return job


def _masked(settings: Settings, prepared: Preparation, context: RunContext) -> Job:
    model, recipe = prepared.model, PretrainRecipe()
    distils = settings.stage == "distill"
    targets = prepared.targets(context) if distils else None
    feed = Feed(
        **_examples(settings, prepared),
        mask_noise=model.mask_noise,
        plan_masks=model.plan_masks if prepared.hardware.kind.runs_ahead else None,
        targets=targets,
    )
    masked = MaskedObjective(model)
    distilling = DistillObjective(
        model,
        match="class_token",
        distance="squared",
        weight=1.0,
        teacher=None,
        objective=masked,
    )
    return Job(
        **_place(settings, context),
        section="pretrain",
        objective=distilling if distils else masked,
        parameters=trainable(model),
        feed=feed,
        lr=recipe.lr,
        warmup_steps=recipe.warmup_steps,
        weight_decay=recipe.weight_decay,
        decays=decays_in_pretraining,
        betas=(recipe.beta1, recipe.beta2),
        clip_norm=recipe.clip_norm,
    )


def _finetuning(settings: Settings, prepared: Preparation, context: RunContext) -> Job:
    recipe = FinetuneRecipe()
    classifier = prepared.model.build_classifier(CLASSES, recipe.dropout)
    labels = np.arange(len(prepared.examples)) % CLASSES
    feed = Feed(**_examples(settings, prepared), flips=recipe.flips, labels=labels)
    return Job(
        **_place(settings, context),
        section="finetune",
        objective=FinetuneObjective(classifier, CrossEntropy(), (_SEED, _STAGE)),
        parameters=trainable(classifier),
        feed=feed,
        lr=recipe.lr,
        warmup_steps=0,
        weight_decay=recipe.weight_decay,
        decays=decays_in_finetuning,
        betas=(recipe.beta1, recipe.beta2),
        clip_norm=recipe.clip_norm,
    )


def _examples(settings: Settings, prepared: Preparation) -> dict[str, Any]:
    place = (_SEED, _STAGE)
    return {
        "source": prepared.source,
        "examples": prepared.examples,
        "order": shuffled_order(len(prepared.examples), settings.batch_size, *place),
        "batch_size": settings.batch_size,
        "place": place,
    }


def _place(settings: Settings, context: RunContext) -> dict[str, Any]:
    return {
        "stage": _STAGE,
        "kind": "benchmark",
        "folder": context.adjustments.path.parent,
        "seed": _SEED,
        "num_steps": settings.num_steps,
        "micro_batch_size": settings.batch_size,
    }


def main() -> None:
    settings, work = Settings.from_json(sys.argv[1]), Path(sys.argv[2])
    turns = Turns(settings, WatchedPrefetch.take_waited)

    def watch(event: Event) -> None:
        if isinstance(event, StepDone):
            turns.step_done(event.step)

    prepared = Preparation(settings, work)
    context = RunContext(watch, Adjustments.load(work / "run" / "adjustments.json"))
    job = build_job(settings, prepared, context)
    hardware = prepared.hardware
    turns.say(
        device=hardware.device_in_words,
        precision=hardware.precision,
        threads=torch.get_num_threads(),
        images_in_device_memory=prepared.source.is_resident,
        **prepared.times,
    )
    loop.Prefetch = WatchedPrefetch
    timing = loop.Timing(checkpoint_s=float("inf"), report_s=OFTEN_S)
    loop.TrainingLoop(job, hardware, context, timing).run()
    turns.say(peak_memory_gib=peak_memory_gib(settings.device))
    if settings.device == "cuda":
        turns.say(model_flops=model_flops(settings), matmul_peak=matmul_peak(hardware.device))


if __name__ == "__main__":
    main()
