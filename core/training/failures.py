"""Two ways a stage fails that are not its end: it goes back to its checkpoint and on from there."""


class LossNotFinite(Exception):  # noqa: N818  (handled by `stages.pipeline`, never shown)
    """The loss or a weight is no longer a number."""

    def __init__(self, step: int, value: float) -> None:
        super().__init__(step, value)
        self.step = step
        self.value = value


class TornUpdate(Exception):  # noqa: N818  (handled by `stages.pipeline`, never shown)
    """Memory ran out while weights were being updated: they can't be trusted."""
