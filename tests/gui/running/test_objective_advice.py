"""What stands on the Model and Plan pages about the objective."""

from pytestqt.qtbot import QtBot

from gui.running.objective_advice import ObjectiveLine
from gui.state.session import Session


def test_that_one_click_puts_a_harmful_objective_right(qtbot: QtBot, session: Session) -> None:
    line = ObjectiveLine(session)
    qtbot.addWidget(line)
    line.show()
    assert line.use_auto.isHidden()
    assert "(objective: masked)" in line.words.text()
    session.change("Model", model={"name": "vit_small_patch14_dinov2.lvd142m"})
    assert "(objective: contrastive)" in line.words.text()
    session.change("Objective", pretrain={"objective": "masked"})
    assert line.property("tone") == "warn"
    assert "tends to harm" in line.words.text()
    line.use_auto.click()
    assert session.draft.pretrain.objective == "auto"
    assert line.use_auto.isHidden()
    session.change("No pre-training", pretrain={"steps": 0}, distill={"rounds": 0})
    assert line.isHidden()
