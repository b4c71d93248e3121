"""The line that says on what this machine trains."""

from gui.frame.device_line import DeviceLine


def test_that_a_gpu_passed_over_is_said_and_the_others_are_offered_by_their_names(qtbot) -> None:
    line = DeviceLine()
    qtbot.addWidget(line)
    found: list[object] = []
    chosen: list[str] = []
    line.chosen.connect(chosen.append)
    line.found.connect(found.extend)
    line._process.done.emit(
        {
            "device": "A100",
            "chosen": "cuda:1",
            "has_gpu": True,
            "gpus": [["cuda:1", "A100"]],
            "reason": "Tesla V100: no kernels. Use another GPU.",
        }
    )
    assert found == [("cuda:1", "A100")]
    assert chosen == ["cuda:1"]
    assert line._device.text() == "A100"
    assert not line._reason.isHidden()
    assert "Tesla V100" in line._reason.text()
    line.shut_down()
