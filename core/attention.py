"""Attention on a CPU: which of torch's ways is fast depends on length and precision.

torch's fused attention saves memory traffic on a GPU. On a CPU its backward pass is the slower one
for the short sequences of masked images and sentences, above all in bfloat16, where it does not
use the processor's matrix unit. Both ways compute the same, so this is chosen by what comes in, and
only where gradients are wanted.
"""

import torch
from torch import Tensor

# Tokens up to which plain matrix products are faster; in float32 larger matrices of attention
# leave the caches, in bfloat16 the fused way has no way to win but memory.
_LONGEST_FLOAT32 = 128
LONGEST_BFLOAT16 = 1024


def prefers_plain(x: Tensor) -> bool:
    """Whether attention over (B, L, D) `x` trains faster as plain matrix products."""
    if x.device.type != "cpu" or not torch.is_grad_enabled():
        return False
    low = torch.is_autocast_enabled("cpu") or x.dtype == torch.bfloat16
    return x.shape[1] <= (LONGEST_BFLOAT16 if low else _LONGEST_FLOAT32)
