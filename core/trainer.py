"""The door for `torchrun … -m core.trainer RUN`, as released versions and clusters start it."""

import multiprocessing
import sys

from core.processes.trainer import main

if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main())
