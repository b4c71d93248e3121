"""What the doctor says of the machine, and whether it sees the device."""

from core.doctor import examine
from core.training.compute_facts import compute_facts
from tests.gpu_day.day import Day, Found


def run(day: Day) -> Found:
    """As `redistill doctor`."""
    facts = compute_facts()
    findings = examine(facts, day.folder)
    found = Found(values={"findings": [finding.to_dict() for finding in findings]})
    problems = [finding for finding in findings if finding.status == "problem"]
    for problem in problems:
        found.check(problem.name, False, f"{problem.value} {problem.advice}", "no problem")
    if not problems:
        found.check("problems", True, "none", "none")
    if day.is_gpu:
        seen = ", ".join(facts.gpus) or "no GPU"
        found.check("sees the device", day.device in facts.devices, seen, day.device)
    return found
