"""The other processes of a run, each watched by all: nobody waits for one that left.

Control messages go over gloo, on CPU tensors, whatever the gradients go over: so they neither need
a GPU nor wait for one. Whoever leaves the run says so in a store that all can read; whoever is
killed stops beating there. Those that wait for it look up every second and leave, too.
"""

import os
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed.distributed_c10d import PrefixStore, ProcessGroup, Store
from torch.distributed.rendezvous import rendezvous

from core.errors import RunError
from core.training.departure import Departure, How, read, told

# Others wait while rank 0 waits for room on the disk: that may take a weekend. Not for the dead.
_PATIENCE = timedelta(days=7)
# Of what follows an agreement, so that everyone is there already.
_TOGETHER = timedelta(minutes=30)
# Nodes of a cluster start one after the other.
_START = timedelta(minutes=5)
_BEAT_S = 1.0
# Beats that a process may miss, on a machine that swaps, before it is taken for dead.
_MOST_MISSED = 20
_LOOK = timedelta(seconds=1)
# What is added to the beats of a process that has finished.
_DONE = -(1 << 40)
# Of one message.
_MOST_NUMBERS = 6
# Where messages of `same` come from; those of `any` name a place of their own, above 0.
_SAME = 0


class Peers:
    """The processes that train together, as one of them sees the others.

    Args:
        store: That all of them share.
        rank: Of this process.
        world: How many there are.
        on_departure: Called once, from a thread, when the first other process has left.
    """

    def __init__(
        self, store: Store, rank: int, world: int, on_departure: Callable[[Departure], None]
    ) -> None:
        self.store, self.rank, self.world = store, rank, world
        # A connection of its own: others may block for minutes.
        self._board = PrefixStore("redistill", store.clone())
        # Whoever was there is missed when it is not, from the first moment on.
        self._board.add(f"beat/{rank}", 1)
        self._on_departure = on_departure
        self._group: ProcessGroup | None = None
        self._ended = threading.Event()
        self._noticed = threading.Event()
        self._departure: Departure | None = None
        self._is_mute = False
        self._looks = 0
        self._thread = threading.Thread(target=self._watch, name="peers", daemon=True)
        self._thread.start()
        threading.Thread(target=self._watch_the_watch, name="peers-store", daemon=True).start()

    @property
    def departure(self) -> Departure | None:
        """Of the first process that left, once this one knows."""
        return self._departure

    # --- messages ---------------------------------------------------------------------------

    def open(self) -> None:
        """Connect for messages; every process has to call it, once torch's group is there."""
        group = dist.new_group(backend="gloo", timeout=_PATIENCE)
        assert isinstance(group, ProcessGroup)
        self._group = group

    def any(
        self, flags: Sequence[bool], *, place: int, look: Callable[[], None] | None = None
    ) -> list[bool]:
        """Each flag, raised if any process raised it.

        Args:
            flags: A few.
            place: A number, above 0, of the place in the program: the same for all.
            look: Called every second while others are waited for; may raise.

        Raises:
            RunError: Another process failed, or is lost.
            Interrupted: Another process was asked to pause or stop, and did so.
        """
        return [bool(flag) for flag in self._largest(list(flags), place, look)]

    def same(self, number: int) -> bool:
        """Whether all processes have the same number; for errors see `any`."""
        largest, smallest = self._largest([number, -number], _SAME, None)
        return largest == -smallest

    def _largest(
        self, numbers: Sequence[int], place: int, look: Callable[[], None] | None
    ) -> list[int]:
        """The largest that any process has of each number."""
        assert len(numbers) <= _MOST_NUMBERS
        # All messages have one size, and tell where their senders are: those of different places
        # must not be taken for each other's.
        here = 16 * place + len(numbers)
        padding = [0] * (_MOST_NUMBERS - len(numbers))
        message = torch.tensor([here, -here, *numbers, *padding], dtype=torch.int64)
        work = dist.all_reduce(message, dist.ReduceOp.MAX, group=self._group, async_op=True)
        self._finish(work, look)
        found: list[int] = message.tolist()
        assert found[0] == -found[1], "processes are at different places"
        return found[2 : 2 + len(numbers)]

    def gather(self, rows: Tensor) -> list[Tensor]:
        """The CPU tensors of all processes, of one shape, on rank 0; elsewhere nothing."""
        found = [torch.empty_like(rows) for _ in range(self.world)] if self.rank == 0 else None
        work = dist.gather(rows, found, dst=0, group=self._group, async_op=True)
        self._finish(work, None)
        return found if found is not None else []

    def _finish(self, work: Any, look: Callable[[], None] | None) -> None:
        while True:
            try:
                work.wait(_LOOK)
            except RuntimeError as error:
                if work.is_completed():
                    # A connection broke. Why, the one at its other end has said just before.
                    self._noticed.wait(3 * _BEAT_S)
                    raise self._error(Departure(None, "lost")) from error
            else:
                return
            self.raise_if_left()
            if look is not None:
                look()

    def raise_if_left(self) -> None:
        """Raise what the first process that left ended with; see `any`."""
        if self._departure is not None:
            raise self._error(self._departure)

    def explained(self, error: Exception) -> Exception:
        """The reason for an error: if it came of another process that left, why that did.

        Also of a request to pause: a launcher sends one to all when one of them has failed.
        """
        if isinstance(error, RunError):
            return error
        if self._departure is None and is_broken_connection(error):
            self._noticed.wait(3 * _BEAT_S)
            return self._error(Departure(None, "lost"))
        if self._departure is None:
            # It may be told already, and not yet noticed.
            found: list[Departure | None] = []
            self._tell(lambda: found.append(self._departure_told()))
            return self._error(found[0]) if found and found[0] is not None else error
        return self._error(self._departure)

    def _error(self, fallback: Departure) -> Exception:
        return (self._departure or fallback).as_error(self.world)

    # --- leaving ----------------------------------------------------------------------------

    def finish(self) -> None:
        """Say that this process has done all its work; nobody waits for it any more."""
        self._ended.set()
        self._tell(lambda: self._board.add(f"beat/{self.rank}", _DONE))

    def leave(self, how: How, text: str = "") -> None:
        """Say that this process leaves the run before its end, and why; the first one counts."""
        left = told(Departure(self.rank, how, text))
        self._tell(partial(self._board.compare_set, "departure", "", left))
        self._ended.set()
        self._thread.join(0 if self._is_mute else 2 * _BEAT_S)
        if not self._noticed.is_set():
            self._tell(lambda: self._board.add("seen", 1))
        # The store may be this process's own, and must last until the others have read that.
        for _ in range(10 * int(3 * _BEAT_S) if self.rank == 0 else 0):
            seen: list[int] = []
            self._tell(partial(self._read_seen, seen))
            if not seen or seen[0] >= self.world:
                return
            threading.Event().wait(0.1)

    def _read_seen(self, seen: list[int]) -> None:
        seen.append(self._board.add("seen", 0))

    def _tell(self, say: Callable[[], object]) -> None:
        if self._is_mute:
            return
        try:
            say()
        except RuntimeError:
            # Whoever kept the store is gone; and with it, whoever would have listened.
            return

    # --- watching ---------------------------------------------------------------------------

    def _watch(self) -> None:
        beats, missed = 0, 0
        # Each watches the next: of any that die, one is watched by a living one.
        watched = (self.rank + 1) % self.world
        while not self._ended.wait(_BEAT_S):
            try:
                self._board.add(f"beat/{self.rank}", 1)
                now = self._board.add(f"beat/{watched}", 0)
                left = self._departure_told()
                self._looks += 1
            except RuntimeError:
                self._is_mute, left = True, Departure(0, "lost")
            else:
                # Counted in beats of our own, not in seconds: a machine that sleeps stops both.
                missed = missed + 1 if now == beats and now > 0 else 0
                beats = now
                if left is None and missed >= _MOST_MISSED:
                    left = Departure(watched, "lost")
                    self._tell(partial(self._board.compare_set, "departure", "", told(left)))
            if left is not None:
                self._notice(left)
                return

    def _watch_the_watch(self) -> None:
        """Notice a store that keeps its connections and does not answer."""
        looks, missed = 0, 0
        while not (self._ended.wait(_BEAT_S) or self._noticed.is_set()):
            missed = missed + 1 if looks == self._looks else 0
            looks = self._looks
            if missed >= _MOST_MISSED:
                self._is_mute = True
                self._notice(Departure(0, "lost"))

    def _departure_told(self) -> Departure | None:
        if not self._board.check(["departure"]):
            return None
        return read(self._board.get("departure"))

    def _notice(self, departure: Departure) -> None:
        self._departure = departure
        self._tell(lambda: self._board.add("seen", 1))
        self._noticed.set()
        if not self._ended.is_set():
            self._on_departure(departure)


def is_broken_connection(error: Exception) -> bool:
    """Whether an error of gloo or NCCL says that another process is gone."""
    text = str(error)
    return isinstance(error, RuntimeError) and (
        isinstance(error, dist.DistBackendError | dist.DistNetworkError)
        or any(mark in text for mark in ("closed by peer", "reset by peer", "Broken pipe"))
    )


def join(on_departure: Callable[[Departure], None]) -> "Peers | None":
    """Meet the other processes that a launcher started; None where there is only this one.

    The environment says how many there are and where: `RANK`, `WORLD_SIZE`, `MASTER_ADDR` and
    `MASTER_PORT`, as torch's launcher sets them.

    Args:
        on_departure: See `Peers`.

    Raises:
        RunError: Not all of them came.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return None
    try:
        store, rank, world = next(rendezvous("env://", timeout=_START))
    except (RuntimeError, ValueError) as error:
        raise RunError(
            "processes-apart", reason=error, minutes=round(_START / timedelta(minutes=1))
        ) from error
    return Peers(store, rank, world, on_departure)


def connect(peers: Peers, backend: str) -> None:
    """Start torch's process group, unless it is there, and the connection for messages.

    Args:
        peers: The others.
        backend: Of torch's group: what gradients go over.
    """
    if not dist.is_initialized():
        dist.init_process_group(
            backend, store=peers.store, rank=peers.rank, world_size=peers.world, timeout=_TOGETHER
        )
    peers.open()
