"""What torch can compute on, asked of torch itself."""

from core.doctor.compute import ComputeFacts, graphics_cards, usable_cores


def compute_facts() -> ComputeFacts:
    """Import torch and ask it."""
    num_cores = usable_cores()
    try:
        import torch

        from core.system.kernels import way_out
        from core.training.device import has_bfloat16
        from core.training.gpus import gpus_here, with_a_trial
    except (ImportError, OSError) as error:  # OSError: a shared library of torch is missing
        return ComputeFacts(error=str(error), num_cores=num_cores, cards=graphics_cards())
    gpus = with_a_trial(gpus_here())
    usable = [gpu for gpu in gpus if not gpu.why_not]
    built_for = torch.cuda.get_arch_list()
    kinds = {
        "cuda": bool(usable),
        "mps": torch.backends.mps.is_available(),
        "xpu": torch.xpu.is_available(),
    }
    return ComputeFacts(
        cuda_build=torch.version.cuda,
        hip_build=torch.version.hip,
        built_for=tuple(built_for),
        gpus=tuple(gpu.name for gpu in usable),
        devices=tuple(f"cuda:{gpu.index}" for gpu in usable),
        refused=tuple(
            (gpu.name, gpu.why_not, way_out(gpu, built_for)) for gpu in gpus if gpu.why_not
        ),
        kind=next((kind for kind, is_there in kinds.items() if is_there), "cpu"),
        has_mps=torch.backends.mps.is_built(),
        cpu_name=str(torch.cpu.get_capabilities().get("cpu_name", "")),
        num_cores=num_cores,
        num_threads=torch.get_num_threads(),
        cpu_bfloat16=has_bfloat16("cpu"),
        cards=graphics_cards(),
    )
