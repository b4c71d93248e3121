"""Learning curves in the report, beside what knowing nothing reaches."""

from pathlib import Path

from core.report.curves import curve_charts
from core.run.event_json import to_json
from core.run.events import ChanceLevel, ProbeDone, StageStarted
from core.run.folder import RunFolder

STAGE = "01-further-pretrain"


def test_that_accuracies_stand_beside_chance(tmp_path: Path) -> None:
    events = [
        StageStarted(stage=STAGE, num_steps=20),
        ChanceLevel(stage=STAGE, of=ProbeDone.kind, level=0.4, answer="anger", num_examples=9),
        *(
            ProbeDone(
                stage=STAGE, step=at, knn=0.5, linear=0.6, is_best=True, distance_from_initial=0.0
            )
            for at in (0, 20)
        ),
    ]
    (tmp_path / "events.jsonl").write_text("".join(to_json(event) + "\n" for event in events))
    (chart,) = curve_charts(RunFolder(tmp_path))
    assert "always saying anger: 40.0 %" in chart
