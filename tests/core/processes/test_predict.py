"""The helper that classifies for the window answers what it is asked, and ends with its input."""

import io
import json
import subprocess
from pathlib import Path

import pytest

from core.processes.predict import answer_questions
from core.readers.answers import classifier_stage, read_answers, read_test_rows
from core.run.folder import RunFolder
from core.system import process_names
from core.system.json_lines import MessageWriter
from core.system.own_process import child_environment, module_command


def asked(run: RunFolder, *lines: bytes) -> list[dict]:
    out = io.StringIO()
    answer_questions(run, iter(lines), MessageWriter(out))
    return [json.loads(line) for line in out.getvalue().splitlines()]


def question(path: Path, stage: str) -> bytes:
    return json.dumps({"path": str(path), "stage": stage}).encode()


@pytest.fixture(scope="module")
def image(undisturbed: RunFolder) -> Path:
    return read_answers(undisturbed, read_test_rows(undisturbed), "base", 0).path(0)


def test_that_each_classifier_answers_with_its_own_probabilities(
    undisturbed: RunFolder, image: Path
) -> None:
    manifest = read_test_rows(undisturbed)
    stages = {arm: classifier_stage(undisturbed, arm, 0).name for arm in ("base", "distilled")}
    ready, *said = asked(undisturbed, *(question(image, stage) for stage in stages.values()))
    assert ready == {"kind": "ready"}
    for message, (arm, stage) in zip(said, stages.items(), strict=True):
        answers = read_answers(undisturbed, manifest, arm, 0)
        assert (message["kind"], message["path"], message["stage"]) == (
            "prediction",
            str(image),
            stage,
        )
        names, shares = zip(*message["probabilities"], strict=True)
        assert set(names) == set(answers.classes)
        assert sum(shares) == pytest.approx(1, abs=1e-3)
        assert shares[0] == pytest.approx(answers.confidence[0], abs=1e-3)


def test_that_what_cannot_be_answered_is_said_in_words(
    undisturbed: RunFolder, image: Path, tmp_path: Path
) -> None:
    stage = classifier_stage(undisturbed, "base", 0).name
    (tmp_path / "no-image.png").write_text("nothing")
    _, missing, no_image, no_stage, last = asked(
        undisturbed,
        question(tmp_path / "missing.png", stage),
        question(tmp_path / "no-image.png", stage),
        b"not a question",
        b"{}",
        question(image, "99-no-such-stage"),
        question(image, stage),
    )
    assert missing["problem"] == "not there"
    assert "image" in no_image["problem"]
    assert "can't be read" in no_stage["problem"]
    assert last["problem"] == ""
    assert len(last["probabilities"]) == 3


@pytest.mark.usefixtures("warm")
def test_that_the_process_answers_while_its_input_is_open(
    undisturbed: RunFolder, image: Path
) -> None:
    stage = classifier_stage(undisturbed, "base", 0).name
    process = subprocess.Popen(
        module_command(process_names.PREDICT, str(undisturbed.path)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=child_environment(),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    kinds = [json.loads(process.stdout.readline())["kind"]]
    for _ in range(2):
        process.stdin.write(question(image, stage) + b"\n")
        process.stdin.flush()
        kinds.append(json.loads(process.stdout.readline())["kind"])
    out, _ = process.communicate()
    kinds.append(json.loads(out)["kind"])
    assert kinds == ["ready", "prediction", "prediction", "done"]
    assert process.returncode == 0


def test_that_a_run_that_is_gone_ends_in_words(tmp_path: Path) -> None:
    done = subprocess.run(
        module_command(process_names.PREDICT, str(tmp_path)),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=child_environment(),
        check=False,
    )
    message = json.loads(done.stdout)
    assert (message["kind"], message["error_id"]) == ("failed", "run-not-found")
    assert done.returncode == 2


def test_that_which_parts_decided_is_answered(undisturbed: RunFolder, image: Path) -> None:
    stage = classifier_stage(undisturbed, "base", 0).name
    why = {"path": str(image), "stage": stage, "why": True}
    gone = {**why, "path": str(image.with_name("gone.png"))}
    _, found, missing = asked(undisturbed, json.dumps(why).encode(), json.dumps(gone).encode())
    answers = read_answers(undisturbed, read_test_rows(undisturbed), "base", 0)
    assert (found["kind"], found["problem"]) == ("deciding", "")
    assert found["name"] == answers.classes[answers.predicted[0]]
    assert found["share"] == pytest.approx(answers.confidence[0], abs=1e-3)
    assert found["shape"] == [8, 8]
    assert len(found["drops"]) == 64
    assert any(found["drops"])
    assert missing["problem"]
