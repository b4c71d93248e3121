"""What was found, for people."""

from typing import Any

# Also of what was to be looked at, and was not.
_FAILED = {"failed", "not run"}
_MARKS = {True: "pass", False: "FAIL", None: "-"}


def table(sections: dict[str, dict[str, Any]]) -> str:
    """A line for each check, with its bar; of sections that did not end, why."""
    rows = [("", "section", "what", "found", "bar")]
    for name, section in sections.items():
        if section["why"]:
            mark = "FAIL" if section["state"] in _FAILED else "skip"
            rows.append((mark, name, section["state"], section["why"].splitlines()[-1], ""))
        for check in section["checks"]:
            mark = _MARKS[check["passed"]]
            rows.append((mark, name, check["name"], check["found"], check["bar"]))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = []
    for mark, section_name, what, found, bar in rows:
        start = f"{mark:<{widths[0]}}  {section_name:<{widths[1]}}  {what:<{widths[2]}}  {found}"
        lines.append(f"{start} ({bar})" if bar and bar != "bar" else start)
    return "\n".join(lines)


def gap_lines(sections: dict[str, dict[str, Any]]) -> list[str]:
    """The costliest gaps, the longest first."""
    gaps = sections.get("profile", {}).get("values", {}).get("gaps", [])
    return [
        f"{gap['length_us']:9.1f} us at {gap['start_us'] / 1000:9.3f} ms, CPU in {gap['during']}, "
        f"between {gap['after'][:50]} and {gap['before'][:50]}"
        for gap in gaps
    ]


def has_failed(sections: dict[str, dict[str, Any]]) -> bool:
    """Whether anything did, or was not run for want of time."""
    return any(section["state"] in _FAILED for section in sections.values())
