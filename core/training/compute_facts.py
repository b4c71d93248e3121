"""What torch can compute on, asked of torch itself."""

from core.doctor.compute import ComputeFacts, graphics_cards, usable_cores


def compute_facts() -> ComputeFacts:
    """Import torch and ask it."""
    num_cores = usable_cores()
    try:
        import torch

        from core.training.device import has_bfloat16
    except (ImportError, OSError) as error:  # OSError: a shared library of torch is missing
        return ComputeFacts(error=str(error), num_cores=num_cores, cards=graphics_cards())
    gpus = tuple(torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count()))
    kinds = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "xpu": torch.xpu.is_available(),
    }
    return ComputeFacts(
        cuda_build=torch.version.cuda,
        hip_build=torch.version.hip,
        gpus=gpus,
        kind=next((kind for kind, is_there in kinds.items() if is_there), "cpu"),
        has_mps=torch.backends.mps.is_built(),
        cpu_name=str(torch.cpu.get_capabilities().get("cpu_name", "")),
        num_cores=num_cores,
        num_threads=torch.get_num_threads(),
        cpu_bfloat16=has_bfloat16("cpu"),
        cards=graphics_cards(),
    )
