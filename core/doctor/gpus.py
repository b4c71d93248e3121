"""Which GPU a run will use, and if none, why not."""

from collections.abc import Mapping

from core.doctor.compute import ComputeFacts
from core.doctor.finding import Finding
from core.doctor.nvidia import NvidiaFacts, NvidiaGpu
from core.language import _
from core.system.kernels import Gpu, way_out, why_no_kernels

_LITTLE_FREE_SHARE = 0.5


def judge_gpus(
    facts: ComputeFacts, nvidia: NvidiaFacts, environ: Mapping[str, str], system: str
) -> list[Finding]:
    """What a run will use, the reason if that is not a GPU, and every NVIDIA GPU.

    Args:
        facts: What torch says.
        nvidia: What the driver says.
        environ: Environment variables.
        system: `platform.system()`.
    """
    if facts.error:
        advice = "Install again with `uv sync`; on Windows also the Visual C++ runtime."
        device = Finding("Device", f"torch can't be imported: {facts.error}", "problem", advice)
    elif facts.kind == "cuda":
        device = Finding("Device", _used(facts, nvidia))
    elif facts.kind != "cpu":
        makers = {"mps": "Apple GPU (MPS)", "xpu": "Intel GPU (XPU)"}
        device = Finding("Device", makers[facts.kind])
    else:
        device = why_cpu(facts, nvidia, environ, system)
    if facts.kind == "cpu":
        return [device, *(_judge_gpu(i, gpu) for i, gpu in enumerate(nvidia.gpus))]
    refused = [
        Finding("GPU not used", f"{name}: {why_not}", "warning", advice)
        for name, why_not, advice in facts.refused
    ]
    return [device, *refused, *(_judge_gpu(i, gpu) for i, gpu in enumerate(nvidia.gpus))]


def why_cpu(
    facts: ComputeFacts, nvidia: NvidiaFacts, environ: Mapping[str, str], system: str
) -> Finding:
    """Why a run will use the CPU: a problem where there is a GPU for it, otherwise just so."""
    if facts.refused:
        name, why_not, advice = facts.refused[0]
        reason = f"of {name}, {why_not}"
    elif nvidia.gpus:
        reason, advice = _nvidia_reason(facts, nvidia, environ)
    else:
        reason, advice = _driver_reason(facts, nvidia)
    if reason:
        value = _("CPU, although there is a GPU: {reason}").format(reason=reason)
        return Finding("Device", value, "problem", advice)
    if "AMD" in facts.cards:
        # A warning only: most of them are part of a processor, and torch does not support those.
        reason, advice = _amd_reason(facts)
        return Finding("Device", f"CPU: {reason}", "warning", advice)
    advice = _("The preset quick is made for this.")
    if system == "Darwin" and facts.has_mps:
        advice = _("A Mac with Apple silicon and macOS 14 or newer would use its GPU.")
    return Finding("Device", _("CPU: no GPU found that torch could use."), "ok", advice)


def _driver_reason(facts: ComputeFacts, nvidia: NvidiaFacts) -> tuple[str, str]:
    """(reason, advice) where the driver names no GPU; empty where there is none."""
    if nvidia.problem:
        return (
            _("the NVIDIA driver does not answer ({problem})").format(problem=nvidia.problem),
            _("Restart the machine; if that does not help, install the driver again."),
        )
    if "NVIDIA" in facts.cards:
        return (
            _("an NVIDIA card is there, but no driver is loaded"),
            _("Install NVIDIA's driver; in a container, start it with access to the GPU."),
        )
    return "", ""


def _amd_reason(facts: ComputeFacts) -> tuple[str, str]:
    if facts.hip_build is None:
        return (
            "an AMD graphics card is there, but this torch is not a ROCm build",
            "Install the ROCm build of torch, if it supports the card.",
        )
    return (
        "torch's ROCm does not see the AMD graphics card",
        "Check the ROCm driver, and that you belong to the groups video and render.",
    )


def _nvidia_reason(
    facts: ComputeFacts, nvidia: NvidiaFacts, environ: Mapping[str, str]
) -> tuple[str, str]:
    if facts.cuda_build is None:
        return (
            _("the installed torch has no CUDA"),
            _("Install the CUDA build of torch; resources/help/platforms.md says how."),
        )
    visible = environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None and visible.strip().split(",")[0] in {"", "-1"}:
        return (
            f"CUDA_VISIBLE_DEVICES={visible!r} hides all GPUs",
            "Unset CUDA_VISIBLE_DEVICES, or set it to 0.",
        )
    # Before the driver's version: a newer driver would not help.
    if refused := _without_kernels(facts, nvidia):
        return refused
    needed = tuple(int(part) for part in facts.cuda_build.split(".")[:2])
    # Within one major version, newer CUDA runs on older drivers.
    if nvidia.cuda is not None and nvidia.cuda[0] < needed[0]:
        runs = f"{nvidia.cuda[0]}.{nvidia.cuda[1]}"
        return (
            _("the NVIDIA driver {driver} is too old (CUDA {runs}; torch needs {needed})").format(
                driver=nvidia.driver, runs=runs, needed=needed[0]
            ),
            _("Update NVIDIA's driver, or install a torch built for an older CUDA."),
        )
    if visible is not None:
        return (
            f"CUDA_VISIBLE_DEVICES={visible!r} names no GPU that can be used",
            "Unset CUDA_VISIBLE_DEVICES, or set it to 0.",
        )
    return (
        _("torch can't start CUDA, although the driver is new enough"),
        _("Restart the machine; in a container, check that it has access to the GPU."),
    )


def _without_kernels(facts: ComputeFacts, nvidia: NvidiaFacts) -> tuple[str, str] | None:
    """(reason, advice) where this torch has kernels for none of the GPUs that CUDA shows."""
    refused = []
    for gpu in nvidia.gpus:
        if not gpu.is_seen:
            continue
        if gpu.capability is None:
            return None
        as_torch = Gpu(index=0, name=gpu.name, capability=gpu.capability)
        why_not = why_no_kernels(as_torch, facts.built_for)
        if not why_not:
            return None
        refused.append((f"of {gpu.name}, {why_not}", way_out(as_torch, facts.built_for)))
    return refused[0] if refused else None


def _used(facts: ComputeFacts, nvidia: NvidiaFacts) -> str:
    names = ", ".join(dict.fromkeys(facts.gpus))
    count = f"{len(facts.gpus)} GPU{'s' if len(facts.gpus) != 1 else ''}: {names}"
    if facts.hip_build:
        return f"{count}; ROCm {facts.hip_build}"
    driver = f", driver {nvidia.driver}" if nvidia.driver else ""
    return f"{count}; CUDA {facts.cuda_build}{driver}"


def _judge_gpu(index: int, gpu: NvidiaGpu) -> Finding:
    value = f"{gpu.name}, {gpu.free_gib:.1f} of {gpu.total_gib:.1f} GiB free"
    users = [
        f"{user.name} ({user.pid})" + (f" {user.used_gib:.1f} GiB" if user.used_gib else "")
        for user in gpu.users[:5]
    ]
    if users:
        value += f"; used by {', '.join(users)}"
    if not gpu.is_seen:
        return Finding(f"GPU {index}", f"{value}; hidden by CUDA_VISIBLE_DEVICES")
    if gpu.free_gib < _LITTLE_FREE_SHARE * gpu.total_gib:
        advice = "Close the programs that use it, or choose another with runtime.device."
        return Finding(f"GPU {index}", value, "warning", advice)
    return Finding(f"GPU {index}", value)
