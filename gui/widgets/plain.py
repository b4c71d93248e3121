"""Foreign text where Qt would take it for rich text: tool tips and message boxes.

A class may be named `<img src="file:///etc/passwd">`, and a file `<b>`. Labels have a text
format of their own (`gui.widgets.basics.label`); a tool tip hasn't, and Qt guesses.
"""

from html import escape


def plain(text: str) -> str:
    """Text that is shown as it stands, whatever it looks like."""
    # What Qt looks for; where it would not guess so, nothing changes to the eye.
    if "<" not in text and "&lt;" not in text:
        return text
    lines = "<br>".join(map(escape, text.splitlines()))
    return f"<qt>{lines}</qt>"
