"""Why what a run has written can't be read, in words."""

from core.language import _


def missing_or(error: BaseException) -> str:
    """The error's own words; of a key that is not there, that it is missing."""
    if isinstance(error, KeyError):
        return _("{name} is missing").format(name=error)
    return str(error)
