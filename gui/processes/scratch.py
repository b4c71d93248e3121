"""A folder for files that helper processes read and write; nothing of it stays."""

import shutil
import tempfile
import weakref
from pathlib import Path


class ScratchFolder:
    """Gone when nobody holds it any more, and at the latest when this process ends.

    `QTemporaryDir` does not know the second: what an interpreter has not taken apart when it ends,
    it leaves behind, and with it what somebody has pasted.

    Attributes:
        path: Where it is.
    """

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="redistill-"))
        self._gone = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)
