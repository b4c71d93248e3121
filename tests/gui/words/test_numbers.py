"""Names of stages and arms as people read them."""

import pytest
from PySide6.QtCore import QDate, QDateTime, QLocale, QTime

from core.recipe.arms import ARMS
from gui.words.numbers import arm_title, date_and_time, stage_short, stage_title


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("01-decoder-warmup", "Decoder warm-up"),
        ("02-further-pretrain", "Further pre-training"),
        ("03-self-distill-round-2", "Self-distillation, round 2"),
        ("04-further-pretrain-longer-further", "Further pre-training, further pre-trained, longer"),
        (
            "05-self-distill-distill-only-round-1",
            "Self-distillation, distilled, no masked loss, round 1",
        ),
        ("06-finetune-base-seed-0", "Fine-tuning alone, seed 0"),
        (
            "07-finetune-teacher-initial-seed-3",
            "Fine-tuning, distilled from initial weights, seed 3",
        ),
        ("08-finetune-recadam-seed-1", "Fine-tuning, RecAdam, seed 1"),
    ],
)
def test_that_a_stage_is_named_in_words(name: str, title: str) -> None:
    assert stage_title(name) == title
    assert "-seed" not in stage_short(name)


def test_that_every_arm_has_a_name_for_people() -> None:
    for arm in ARMS:
        assert arm_title(arm) != arm


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("C", "29 Nov 2026, 05:48"),
        ("en_GB", "29 Nov 2026, 05:48"),
        ("en_US", "Nov 29, 2026, 5:48"),
        ("de_DE", "29. Nov. 2026, 05:48"),
        ("es_ES", "29 de nov de 2026, 5:48"),
        ("ja_JP", "2026年11月29日, 5:48"),
    ],
)
def test_that_a_date_reads_as_its_reader_writes_it(name: str, written: str) -> None:
    moment = QDateTime(QDate(2026, 11, 29), QTime(5, 48)).toSecsSinceEpoch()
    assert date_and_time(moment, QLocale(name)).startswith(written)
