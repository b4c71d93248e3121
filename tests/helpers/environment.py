"""The environment that every test runs in, whatever the caller has exported.

Libraries read their variables when they are imported, so this has to come before all else. What
starts later (xdist's workers, the fork server, helper processes) inherits it. What chooses the
machine's parts stays the caller's: `PATH`, `TMPDIR`, `CUDA_VISIBLE_DEVICES`, libraries' folders.
"""

import atexit
import os
import shutil
import site
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

# Which home the tests have; set by the first of their processes for all that it starts.
HOME = "REDISTILL_TESTS_HOME"
# Which language the tests' own process talks; English without it.
LANGUAGE = "REDISTILL_TESTS_LANGUAGE"
# Of ours, what only says where a packaged program is and where its picture goes.
_KEPT = {HOME, LANGUAGE, "REDISTILL_PACKAGED", "REDISTILL_PICTURE"}
_DROPPED = {
    *("COLUMNS", "LINES", "TERM", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE"),
    *("LANG", "LANGUAGE", "ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "FTP_PROXY"),
    *("PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED", "PYTHONIOENCODING", "PYTHONOPTIMIZE"),
    *("PYTHONUNBUFFERED", "PYTHONUTF8", "PYTHONWARNINGS", "SOURCE_DATE_EPOCH", "TZ"),
    *("RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"),
}
_DROPPED_PREFIXES = (
    *("HF_", "HUGGINGFACE_", "HUGGING_FACE_", "TRANSFORMERS_", "DATASETS_", "TIMM_", "TOKENIZERS_"),
    *("TORCH", "PYTORCH_", "ACCELERATE_", "TQDM_", "REDISTILL_", "XDG_", "QT_", "LC_"),
    *("OMP_", "GOMP_", "KMP_", "MKL_", "OPENBLAS_NUM_", "NUMEXPR_", "ONEDNN_", "DNNL_", "ATEN_"),
)


def calm(environment: Mapping[str, str], home: str) -> dict[str, str]:
    """An environment without what the caller has set for other programs, at home in `home`."""
    kept = {
        name: value
        for name, value in environment.items()
        if name in _KEPT
        or (name.upper() not in _DROPPED and not name.upper().startswith(_DROPPED_PREFIXES))
    }
    return kept | {
        HOME: home,
        "HOME": home,
        "USERPROFILE": home,
        # What was installed for the user only is found nevertheless.
        "PYTHONUSERBASE": site.getuserbase(),
        "LC_ALL": "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8",
        "TERM": "xterm",
        # As scikit-learn sets them when it is imported.
        "KMP_DUPLICATE_LIB_OK": "True",
        "KMP_INIT_AT_FORK": "FALSE",
        # Else torch sets it where it compiles, and a process started later has another environment.
        "TORCHINDUCTOR_CACHE_DIR": str(Path(home, "inductor")),
        # No window of a test is ever on a screen.
        "QT_QPA_PLATFORM": "offscreen",
    }


def calm_this_process() -> None:
    """Set this process's environment so; the first to call it makes the home, and removes it."""
    home = os.environ.get(HOME)
    if home is None:
        home = tempfile.mkdtemp(prefix="redistill-tests-")
        atexit.register(shutil.rmtree, home, ignore_errors=True)
    changed = calm(os.environ, home)
    os.environ.clear()
    os.environ.update(changed)
