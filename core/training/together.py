"""A trainer among the other processes of its run: meeting them, ending with them, leaving them."""

import time

from core.errors import RunError
from core.run.events import Outcome, RunEnded
from core.training.context import RunContext
from core.training.departure import Departure
from core.training.peers import Peers, join

# How long the training thread may take to notice that it waits for a process that has left.
_GRACE_S = 15.0


class Together:
    """The other processes, from the start of this one's work to its end; there may be none."""

    def __init__(self) -> None:
        self.peers: Peers | None = None
        self._context: RunContext | None = None
        self._alone_since: float | None = None

    def meet(self) -> None:
        """Wait until all that a launcher started are there.

        Raises:
            RunError: Not all of them came.
        """
        self.peers = join(self._on_departure)

    def end_early(self, context: RunContext) -> None:
        """Let a run end when another process has left it."""
        self._context = context
        if self.peers is not None and self.peers.departure is not None:
            self._pass_on(self.peers.departure)

    def explained(self, error: Exception) -> Exception:
        """What an error really says, where it came of another process that left."""
        return error if self.peers is None else self.peers.explained(error)

    def is_stuck(self) -> bool:
        """Whether the training thread must be in a collective that nothing more can end."""
        return self._alone_since is not None and time.monotonic() - self._alone_since > _GRACE_S

    def departure(self) -> Exception:
        """What the first process that left lets this one end with."""
        assert self.peers is not None
        assert self.peers.departure is not None
        return self.peers.departure.as_error(self.peers.world)

    def leave(self, ended: RunEnded) -> None:
        """Tell the others how this process ended."""
        if self.peers is None:
            return
        if ended.outcome is Outcome.FINISHED:
            self.peers.finish()
        elif ended.outcome is Outcome.FAILED:
            self.peers.leave("fail", ended.text)
        else:
            self.peers.leave("pause" if ended.outcome is Outcome.PAUSED else "stop")

    def _on_departure(self, departure: Departure) -> None:
        # From a thread of its own.
        self._alone_since = time.monotonic()
        self._pass_on(departure)

    def _pass_on(self, departure: Departure) -> None:
        if self._context is None:
            return
        if departure.how in ("pause", "stop"):
            self._context.request("pause" if departure.how == "pause" else "stop")
            return
        assert self.peers is not None
        error = departure.as_error(self.peers.world)
        assert isinstance(error, RunError)
        self._context.fail(error)


def tell_refusal(ended: RunEnded) -> None:
    """Tell processes that wait for this one that it will not train."""
    together = Together()
    try:
        together.meet()
    except RunError:
        return
    together.leave(ended)
