"""The process of a section.

    python -m tests.gpu_day.child NAME DAY ANSWER

DAY is the JSON of a `Day`; what was found is written to the file ANSWER.
"""

import json
import sys
import traceback
from pathlib import Path
from typing import Any

from core.errors import RunError
from core.system.atomic import write_json
from tests.gpu_day.day import LATER, Day, Found, Section, Skipped


def answer(section: Section, day: Day) -> dict[str, Any]:
    """What a section found, or why it did not, in plain values."""
    try:
        return found_in_values(section(day))
    except Skipped as why:
        return {"state": "skipped", "why": str(why), "checks": [], "values": {}}
    except RunError as error:
        return failed(str(error))
    except Exception:  # noqa: BLE001  (the report says what it was)
        return failed(traceback.format_exc()[-2000:])


def found_in_values(found: Found) -> dict[str, Any]:
    """A section that came to its end: failed if one of its checks did."""
    has_failed = any(check.passed is False for check in found.checks)
    return {
        "state": "failed" if has_failed else "passed",
        "why": "",
        "checks": [vars(check) for check in found.checks],
        "values": found.values,
    }


def failed(why: str) -> dict[str, Any]:
    """A section that did not come to its end."""
    return {"state": "failed", "why": why, "checks": [], "values": {}}


def main(arguments: list[str]) -> None:
    """Run a section and write what it found."""
    from tests.gpu_day.plan import section_named

    name, day = arguments[0], Day.from_json(arguments[1])
    if day.device == LATER:
        from tests.later.kind import Later

        Later()()
    found = answer(section_named(name), day)
    json.dumps(found)  # here, where the traceback says what can't be written
    write_json(Path(arguments[2]), found)


if __name__ == "__main__":
    main(sys.argv[1:])
