"""The whole method, free of any window: read it in the order the data flows.

recipe (what was asked) -> data (folder to pixels) -> models (encoder and decoder) ->
training (the one loop) -> stages (further pre-train, self-distill, fine-tune) ->
evaluate (metrics, probes) -> run_folder (what happened).

Nothing here imports Qt. Only `models`, `training`, `stages`, `evaluate`, `attention` and
`starter` import torch, so the command line and a window start at once.
"""

import os

from core.system.late_compiler import install

# Threads that wait for each other give their core away instead of spinning on it. Beside other busy
# programs, training on a CPU is many times faster so; it must be set before torch is imported. The
# trainer, which watches out for such programs, lets them spin on a quiet machine
# (`core.system.waiting`).
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# Kernels that oneDNN keeps, each of a layer for a number of rows, with megabytes of memory. It
# would keep 1,024: gigabytes, where texts have many lengths. A BERT needs 20 for each length, a ViT
# some 100 in all.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "256")

install()
