"""Commands in words can be pasted: values of several words stand in quotes."""

import os
import shlex
import string
import subprocess
from collections.abc import Mapping


def as_argument(value: object) -> str:
    """A value as one argument of the shell that people have here."""
    if os.name == "nt":
        return subprocess.list2cmdline([str(value)])
    return shlex.quote(str(value))


class Words(string.Formatter):
    """As `str.format`, with one conversion more: `{path!q}` is quoted for a shell."""

    def convert_field(self, value: object, conversion: str | None) -> object:
        """Apply `!q`, and those that `str.format` has."""
        return as_argument(value) if conversion == "q" else super().convert_field(value, conversion)

    def fill(self, text: str, details: Mapping[str, object]) -> str:
        """`text` with its places filled."""
        return self.vformat(text, (), details)
