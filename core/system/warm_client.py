"""Runs one of our modules in a process forked from the warm server, as if it were this process.

    python -m core.system.warm_client MODULE ARGUMENTS

The other process has this one's standard streams, folder, arguments and environment; signals go on
to it, this process ends as it ends, and it is killed when this process is gone. Without a server
this process becomes `python -m MODULE ARGUMENTS`.
"""

import json
import os
import resource
import signal
import socket
import struct
import sys
from types import FrameType

from core.system.own_process import plain_command
from core.system.warm import address_for, who

_CONNECT_S = 5.0
_FORWARDED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_STREAMS = (0, 1, 2)


def main(arguments: list[str]) -> int:
    """Have a module run; returns its exit code."""
    module, *rest = arguments
    signal.pthread_sigmask(signal.SIG_BLOCK, _FORWARDED)
    connection = _begun(module, rest)
    if connection is None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _FORWARDED)
        command = plain_command(module, *rest)
        os.execv(command[0], command)
    return _followed(connection)


def _begun(module: str, arguments: list[str]) -> socket.socket | None:
    """The connection to a server at which the module runs now; None if nothing was begun."""
    address = address_for(module)
    if address is None:
        return None
    request = {
        "module": module,
        "arguments": arguments,
        "folder": os.getcwd(),  # noqa: PTH109
        "environment": dict(os.environ),
        "umask": _umask(),
        "who": who(),
    }
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    connection.settimeout(_CONNECT_S)
    try:
        connection.connect(address)
        # A server that does not greet was not asked: nothing can run twice.
        if _user_of(connection) == os.getuid() and connection.recv(16) == b"hello":
            connection.settimeout(None)
            socket.send_fds(connection, [json.dumps(request).encode()], _STREAMS)
            if connection.recv(16) == b"begun":
                return connection
    except OSError:
        pass
    connection.close()
    return None


def _user_of(connection: socket.socket) -> int:
    told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", told)[1])


def _umask() -> int:
    now = os.umask(0o077)
    os.umask(now)
    return now


def _followed(connection: socket.socket) -> int:
    """The exit code of the module; a signal that ended it ends this process."""

    def forward(number: int, frame: FrameType | None) -> None:
        del frame
        connection.send(bytes([number]))

    for number in _FORWARDED:
        signal.signal(number, forward)
    # The streams are the other process's alone: that it closes one has to be seen.
    with open(os.devnull, "r+b") as nowhere:  # noqa: PTH123
        for stream in _STREAMS:
            os.dup2(nowhere.fileno(), stream)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _FORWARDED)
    try:
        how, _, number_told = connection.recv(32).partition(b" ")
    except OSError:
        how, number_told = b"", b""
    if how == b"exit":
        return int(number_told)
    # The server's own death kills what it has begun.
    ended_by = int(number_told) if how == b"signal" else signal.SIGKILL
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if ended_by != signal.SIGKILL:
        signal.signal(ended_by, signal.SIG_DFL)
    os.kill(os.getpid(), ended_by)
    return 128 + ended_by


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
