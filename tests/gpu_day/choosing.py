"""Which device the day is for."""

import re
from collections.abc import Callable, Sequence

from core.errors import RunError
from core.system.kernels import Gpu
from core.training.gpus import choose_gpu, gpus_here, why_it_fails
from tests.gpu_day.day import LATER


class NoDevice(Exception):  # noqa: N818  (an answer in words)
    """There is nothing to run on; its text says why and what to do."""


def chosen(
    asked: str,
    gpus: Callable[[], Sequence[Gpu]] = gpus_here,
    tried: Callable[[int], str] = why_it_fails,
) -> str:
    """`cuda:N`, `cpu` or `later` for what was asked for (`cuda`: the first that computes).

    Raises:
        NoDevice: There is no such device, or it can't be used.
    """
    if asked in {"cpu", LATER}:
        return asked
    if not re.fullmatch(r"cuda(:\d+)?", asked):
        raise NoDevice(f"--device {asked}: it is cuda, cuda:N, cpu or {LATER}.")
    try:
        found = choose_gpu(asked, gpus(), tried)
    except RunError as error:
        reason = error.details.get("reason", error.what)
        more = f"`--device cpu` and `--device {LATER}` try the script itself, with tiny models."
        raise NoDevice(f"Device {asked} can't be used: {reason}. {more}") from error
    assert isinstance(found, Gpu)
    return f"cuda:{found.index}"
