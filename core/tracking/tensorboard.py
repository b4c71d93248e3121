"""Event files of TensorBoard: a folder for each stage, so that stages lie over one another."""

from collections.abc import Mapping

from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.compat.proto.types_pb2 import DT_STRING
from tensorboard.plugins.text.metadata import PLUGIN_NAME
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from core.tracking.tracker import Opening, Tracker

_ALL_STAGES = "run"


class TensorBoardTracker(Tracker):
    """Writes event files below `folder`, by stage."""

    goes_back = True

    def __init__(self, opening: Opening) -> None:
        self._folder = opening.folder
        self._writers: dict[str, EventFileWriter] = {}

    def numbers(self, stage: str, step: int, time: float, values: Mapping[str, float]) -> None:
        """One point of each curve."""
        found = [Summary.Value(tag=name, simple_value=value) for name, value in values.items()]
        event = Event(wall_time=time, step=step, summary=Summary(value=found))
        self._writer(stage).add_event(event)

    def text(self, name: str, text: str, time: float) -> None:
        """Shown under *Text*."""
        metadata = SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name=PLUGIN_NAME))
        tensor = TensorProto(
            dtype=DT_STRING,
            string_val=[text.encode("utf-8")],
            tensor_shape=TensorShapeProto(dim=[TensorShapeProto.Dim(size=1)]),
        )
        value = Summary.Value(tag=name, metadata=metadata, tensor=tensor)
        event = Event(wall_time=time, step=0, summary=Summary(value=[value]))
        self._writer(_ALL_STAGES).add_event(event)

    def go_back(self, stage: str, step: int) -> None:
        """As TensorBoard itself has it: a new start at a step voids all points from there on."""
        log = SessionLog(status=SessionLog.START)
        self._writer(stage).add_event(Event(step=step + 1, session_log=log))

    def flush(self) -> None:
        """To the disk."""
        for writer in self._writers.values():
            writer.flush()

    def close(self, *, is_finished: bool) -> None:
        """Close all files."""
        del is_finished
        for writer in self._writers.values():
            writer.close()

    def _writer(self, stage: str) -> EventFileWriter:
        if stage not in self._writers:
            self._writers[stage] = EventFileWriter(str(self._folder / stage))
        return self._writers[stage]
