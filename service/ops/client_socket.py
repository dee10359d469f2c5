"""A caller's socket as a thread sees it: the request is there, and what is written goes out by itself.

A thread never waits on it: it is given requests that are whole, and what the network does not take at once is kept for
the worker's poller to send.
"""

import socket
from collections import deque
from contextlib import suppress

from service.ops.arriving import Arriving

READ_BYTES = 64 * 1024
# What is read, and thrown away, of a caller that has been told that nothing more comes.
MOST_THROWN_AWAY = 256 * 1024
GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"


class ClientSocket:
    """Stands where gunicorn has a socket. Used by one thread at a time, or by the poller in between."""

    def __init__(self, raw: socket.socket) -> None:
        """Take over an accepted connection."""
        raw.settimeout(0.0)
        self._raw = raw
        self.arriving = Arriving()
        self._given = memoryview(b"")
        self._unsent: deque[memoryview] = deque()
        self._told_to_go_on = False
        self._thrown_away = 0

    def read(self) -> bool:
        """Read what has come; tell whether the caller has not ended its side; raises OSError."""
        with suppress(BlockingIOError):
            data = self._raw.recv(READ_BYTES)
            self.arriving.add(data)
            return bool(data)
        return True

    def gone(self) -> bool:
        """Tell whether the caller has hung up, or ended its side, while its answer is being made; any thread may ask.

        Who only ends its side to say that no request follows is told from nobody, as in nginx.
        """
        try:
            return not self._raw.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def tell_to_go_on(self) -> None:
        """Tell a caller that waits for it to send its body, once."""
        if not self._told_to_go_on:
            self._told_to_go_on = True
            self.sendall(GO_ON)

    def give(self) -> None:
        """Let the first request, which is whole, be read."""
        self._given = memoryview(self.arriving.take())

    def send_more(self) -> bool:
        """Send what waits to be sent; tell whether nothing is left; raises OSError."""
        while self._unsent:
            piece = self._unsent[0]
            try:
                sent = self._raw.send(piece)
            except BlockingIOError:
                return False
            if sent < len(piece):
                self._unsent[0] = piece[sent:]
                return False
            self._unsent.popleft()
        return True

    @property
    def unsent_bytes(self) -> int:
        """Return how much waits to be sent."""
        return sum(len(piece) for piece in self._unsent)

    def end_output(self) -> None:
        """Tell the caller that nothing more comes; raises OSError."""
        self._raw.shutdown(socket.SHUT_WR)

    def throw_away(self) -> bool:
        """Read what has come, for nothing; tell whether that may go on; raises OSError."""
        with suppress(BlockingIOError):
            thrown = len(self._raw.recv(READ_BYTES))
            self._thrown_away += thrown
            return thrown > 0 and self._thrown_away < MOST_THROWN_AWAY
        return True

    # What gunicorn calls.

    def recv(self, size: int) -> bytes:
        """Return up to so many bytes of the request; nothing once it has been read."""
        data, self._given = bytes(self._given[:size]), self._given[size:]
        return data

    def sendall(self, data: bytes) -> None:
        """Send what the network takes, and keep the rest; raises OSError."""
        self._unsent.append(memoryview(data))
        self.send_more()

    def send(self, data: bytes) -> int:
        """Send as `sendall` does."""
        if data != GO_ON or not self._told_to_go_on:
            self.sendall(data)
        self._told_to_go_on = False
        return len(data)

    def setblocking(self, flag: bool) -> None:
        """Do nothing: a thread never waits on it."""

    def settimeout(self, seconds: float | None) -> None:
        """Do nothing, as above."""

    def gettimeout(self) -> float:
        """Return 0, which is: it never waits."""
        return 0.0

    def shutdown(self, how: int) -> None:
        """Do as sockets do; raises OSError."""
        self._raw.shutdown(how)

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._raw.fileno()

    def close(self) -> None:
        """Hang up."""
        self._raw.close()
