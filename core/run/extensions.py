"""How often seeds were added to a comparison."""

from core.errors import RunError
from core.run.files import EXTENSIONS
from core.run.folder import RunFolder


def extended_from(run: RunFolder) -> list[int]:
    """How many seeds a comparison had each time that more were added; the first time first.

    Raises:
        RunError: `run-damaged`.
    """
    if not (run.path / EXTENSIONS).exists():
        return []
    values = run.read_json(EXTENSIONS)
    try:
        return [int(number) for number in values["from_seeds"]]
    except (KeyError, TypeError, ValueError) as error:
        raise RunError("run-damaged", file=EXTENSIONS, path=run.path, reason=error) from error
