"""Keep the memory of one training step for the next.

glibc gives every large block back to the system when it is freed, and the system clears it page
by page when it is wanted again. A training step on a CPU frees and wants the same hundreds of
megabytes every time; half of its time can go there.
"""

import ctypes
import sys
from contextlib import suppress

# From glibc's malloc.h.
_M_TRIM_THRESHOLD = -1
_M_TOP_PAD = -2
_M_MMAP_MAX = -4
_M_ARENA_MAX = -8
_MOST = 2**31 - 1
_PAD = 64 * 2**20


def keep_freed_memory() -> bool:
    """Let this process reuse freed memory instead of returning it; returns whether it will.

    Only glibc (Linux) needs and knows this. One arena for all threads, because the others can't
    hold blocks of the size that a step wants.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    wanted = (
        (_M_ARENA_MAX, 1),
        (_M_MMAP_MAX, 0),
        (_M_TRIM_THRESHOLD, _MOST),
        (_M_TOP_PAD, _PAD),
    )
    set_all = [mallopt(name, value) == 1 for name, value in wanted]
    return all(set_all)


def give_back_freed_memory() -> None:
    """Return to the system what `keep_freed_memory` kept, for whoever can't take it from there.

    oneDNN maps memory for its code outside of the heap, and finds none where the heap holds it all.
    """
    if sys.platform.startswith("linux"):
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
