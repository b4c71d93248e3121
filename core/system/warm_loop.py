"""The warm server's loop: one thread that greets clients, forks, and tells how processes ended."""

import os
import selectors
import shutil
import signal
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

_LONGEST = 1 << 20
_FORWARDED = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}


@dataclass(frozen=True)
class Request:
    """A module to run, and in what surroundings; `streams` are descriptors of 0, 1 and 2."""

    module: str
    arguments: tuple[str, ...]
    folder: str
    environment: dict[str, str]
    umask: int
    streams: tuple[int, ...] = ()


class _Forked(NamedTuple):
    """A process, and the client that waits for it; `end` becomes readable when it ends."""

    pid: int
    end: int
    client: socket.socket


class _Key(NamedTuple):
    """What to do when something can be read; ends come before beginnings."""

    rank: int
    act: Callable[[], Request | None]


class Server:
    """Listens on a socket in a folder that nobody else can enter.

    Args:
        address: Where.
        lets: Reads a client's message; None if it is not to be served here.
    """

    def __init__(self, address: Path, lets: Callable[[bytes], Request | None]) -> None:
        self._address, self._lets = address, lets
        # Nothing of it lives in the kernel, where forks would share it.
        self._selector = selectors.PollSelector()
        self._forked: dict[int, _Forked] = {}
        self._greeted: set[socket.socket] = set()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def serve(self) -> Request | None:
        """Serve until standard input ends; returns None then, and in each fork its request."""
        self._listener.bind(str(self._address))
        self._listener.listen(64)
        self._on(self._listener, 1, self._greet)
        self._on(0, 2, self._look_whether_over)
        while self._listener.fileno() >= 0 or self._forked:
            for key in sorted(self._selector.select(), key=lambda ready: ready[0].data.rank):
                known = self._selector.get_map().get(key[0].fd)
                if known is not key[0]:
                    continue  # closed by one before it
                request: Request | None = key[0].data.act()
                if request is not None:
                    return request
        return None

    def _on(self, what: int | socket.socket, rank: int, act: Callable[[], Request | None]) -> None:
        self._selector.register(what, selectors.EVENT_READ, _Key(rank, act))

    def _look_whether_over(self) -> None:
        if os.read(0, 4096):
            return
        self._selector.unregister(0)
        self._selector.unregister(self._listener)
        self._listener.close()
        # Whoever made the folder may have been killed.
        shutil.rmtree(self._address.parent, ignore_errors=True)
        for client in [*self._greeted]:
            self._forget(client)

    def _greet(self) -> None:
        client, _ = self._listener.accept()
        told = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        if struct.unpack("3i", told)[1] != os.getuid():
            client.close()
            return
        self._greeted.add(client)
        self._on(client, 0, lambda: self._begin(client))
        _tell(client, b"hello")

    def _forget(self, client: socket.socket) -> None:
        self._greeted.discard(client)
        self._selector.unregister(client)
        client.close()

    def _begin(self, client: socket.socket) -> Request | None:
        """Fork for a client; the fork gets its request, this process None."""
        try:
            data, streams, _, _ = socket.recv_fds(client, _LONGEST, 3)
        except OSError:
            data, streams = b"", []
        request = self._lets(data) if len(streams) == 3 else None
        pid = -1
        if request is not None:
            try:
                pid = os.fork()
            except OSError:
                pid = -1
            if pid == 0:
                self._leave()
                return replace(request, streams=tuple(streams))
        for stream in streams:
            os.close(stream)
        if pid > 0:
            self._follow(_Forked(pid, os.pidfd_open(pid), client))
        else:
            _tell(client, b"no")
            self._forget(client)
        return None

    def _leave(self) -> None:
        """Close, in a fork, what is the server's."""
        self._listener.close()
        for client in self._greeted:
            client.close()
        for forked in self._forked.values():
            forked.client.close()
            os.close(forked.end)

    def _follow(self, forked: _Forked) -> None:
        self._forked[forked.pid] = forked
        self._greeted.discard(forked.client)
        self._selector.unregister(forked.client)
        self._on(forked.client, 0, lambda: self._hand_on(forked))
        self._on(forked.end, 0, lambda: self._end(forked))
        _tell(forked.client, b"begun")

    def _hand_on(self, forked: _Forked) -> None:
        """Send the process a signal that its client got; SIGKILL when the client is gone."""
        try:
            told = forked.client.recv(1)
        except OSError:
            told = b""
        if told and told[0] in _FORWARDED:
            os.kill(forked.pid, told[0])
        elif not told:
            os.kill(forked.pid, signal.SIGKILL)
            # At once: whoever killed the client may start the same work again.
            self._end(forked)

    def _end(self, forked: _Forked) -> None:
        code = os.waitstatus_to_exitcode(os.waitpid(forked.pid, 0)[1])
        _tell(forked.client, b"exit %d" % code if code >= 0 else b"signal %d" % -code)
        for what in (forked.client, forked.end):
            self._selector.unregister(what)
        forked.client.close()
        os.close(forked.end)
        del self._forked[forked.pid]


def _tell(client: socket.socket, what: bytes) -> None:
    try:
        client.send(what)
    except OSError:
        return  # it is gone, which is seen when it is read
