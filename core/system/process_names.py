"""The names of our own processes: what `python -m` starts.

They stand here, at the bottom, because nothing imports `core.processes`: a process is started by
its name, so that whoever starts it loads none of its libraries.
"""

from typing import Final

TRAINER: Final = "core.processes.trainer"
FINETUNE_WORKER: Final = "core.processes.finetune_worker"
TRACKER: Final = "core.processes.tracker"
SCAN: Final = "core.processes.scan"
LABELS: Final = "core.processes.labels"
MAP: Final = "core.processes.map"
SAMPLE: Final = "core.processes.sample"
DEVICE: Final = "core.processes.device"
CHECK_MODEL: Final = "core.processes.check_model"
DOWNLOAD_MODEL: Final = "core.processes.download_model"
MEASURE: Final = "core.processes.measure"
HISTORY: Final = "core.processes.history"
PREDICT: Final = "core.processes.predict"
PREDICT_FILES: Final = "core.processes.predict_files"
EXPORT: Final = "core.processes.export"
PUSH: Final = "core.processes.push"
REPORT: Final = "core.processes.report"
FROM_PYTHON: Final = "core.processes.from_python"
WARM: Final = "core.processes.warm"
# The command line, which can be started the same way.
COMMAND_LINE: Final = "core.cli.main"
# The window likewise: `core` knows no more of it than this.
WINDOW: Final = "gui.__main__"
