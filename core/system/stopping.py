"""Work that was ended because somebody asked for it."""


class Stopped(Exception):  # noqa: N818  (not an error: the user's wish)
    """`stopped()` became true; what was done so far is kept and used next time."""


def never() -> bool:
    """The default answer to "shall I stop?"."""
    return False
