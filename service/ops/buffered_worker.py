"""A worker whose threads never wait for a caller: gunicorn's with threads, behind a poller that reads and writes.

gunicorn's own gives a new connection to a thread before anything has come on it, and the thread waits: as many silent
callers as there are threads are enough to stop it. It hangs up in its poller, which waits up to two seconds for the
caller to do so too. Here a thread gets a request once all of it is there, as from a proxy that buffers, and is done
once its answer is written: what a slow reader does not take, the poller sends. Where all connections are taken, one
makes room: the one that has been arriving for longest, or else idle, or else being sent to.
"""

import errno
import selectors
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

from gunicorn.workers.gthread import TConn, ThreadWorker

from service.ops.client_socket import READ_BYTES, ClientSocket

# Seconds that a request may take to arrive, a reader to take nothing, and a caller to hang up once it has been told to.
ARRIVE_SECONDS, SEND_SECONDS, LEAVE_SECONDS = 20.0, 60.0, 2.0
# Bytes of requests that are arriving, all together, and of answers that slow readers have not taken.
MOST_ARRIVING_BYTES, MOST_UNSENT_BYTES = 64 * 1024**2, 256 * 1024**2
REQUEST_TIMEOUT, FIELDS_TOO_LARGE = 408, 431
NO_MORE_FILES = {errno.EMFILE, errno.ENFILE}
# How long the poller rests where there is no file for a caller, and nobody to hang up on.
NO_FILE_SECONDS = 0.05
NOBODY_THERE = {errno.EAGAIN, errno.ECONNABORTED}

# gunicorn's TConn; it publishes no types.
Connection: TypeAlias = Any
# Connections, each with the monotonic time when it is given up.
Waiting: TypeAlias = OrderedDict[Connection, float]


class BufferedWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn publishes no types
    """See gunicorn's ThreadWorker: this one differs in how requests come to a thread, and how answers leave it.

    A connection is in one place at a time: with a thread, among gunicorn's `keepalived_conns` where nothing has come
    since the last answer, or among those below, each with the time when it is given up.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - gunicorn's
        """Begin with no connection."""
        super().__init__(*args, **kwargs)
        self._arriving: Waiting = OrderedDict()
        self._sending: Waiting = OrderedDict()
        self._leaving: Waiting = OrderedDict()
        # No wait that began before lasts beyond this, once the worker ends.
        self._last = float("inf")

    def page_of(self, status: int) -> bytes:
        """Return the whole answer for what is refused before it came to a thread; a subclass has its own."""
        return b"HTTP/1.1 %d \r\nConnection: close\r\nContent-Length: 0\r\n\r\n" % status

    def accept(self, listener: Any) -> None:  # noqa: ANN401 - gunicorn's
        """Accept a connection, and wait for its request without a thread."""
        if self.cfg.is_ssl:
            super().accept(listener)
            return
        if self.nr_conns >= self.worker_connections - 1:
            self._make_room()
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in NO_MORE_FILES:
                if not self._make_room():
                    time.sleep(NO_FILE_SECONDS)
                return
            if error.errno not in NOBODY_THERE:
                raise
            return
        self.nr_conns += 1
        conn = TConn(self.cfg, ClientSocket(client), address, listener.getsockname())
        conn.data_ready = True
        self._begin(conn)

    def on_client_socket_readable(self, conn: Connection, client: Any) -> None:  # noqa: ANN401 - gunicorn's
        """Read the next request of a connection that was kept."""
        if not isinstance(conn.sock, ClientSocket):
            super().on_client_socket_readable(conn, client)
            return
        if conn not in self.keepalived_conns:
            return  # It made room for another, of whom the same wait told.
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._begin(conn)

    def finish_request(self, conn: Connection, fs: Any) -> None:  # noqa: ANN401 - gunicorn's
        """Send what is left of the answer, and go on as it says; runs where the poller does."""
        if not isinstance(conn.sock, ClientSocket):
            super().finish_request(conn, fs)
            return
        try:
            keep = not fs.cancelled() and bool(fs.result())
        except Exception:  # noqa: BLE001 - gunicorn has logged it
            self._drop(conn)
            return
        self._send(conn, keep=keep)

    def murder_pending(self) -> None:
        """Give up what has waited for too long, answer requests that are late, and make room where all is taken."""
        super().murder_pending()
        now = time.monotonic()
        for conn in [conn for conn, until in self._arriving.items() if until <= now]:
            self._unwatch(conn, self._arriving)
            if len(conn.sock.arriving):
                self._refuse(conn, REQUEST_TIMEOUT)
            else:
                self._drop(conn)
        for among in (self._sending, self._leaving):
            for conn in [conn for conn, until in among.items() if until <= now]:
                self._unwatch(conn, among)
                self._drop(conn)
        # Nobody could be missed while all were with threads, and then no more callers are accepted: now somebody may.
        while self.nr_conns >= self.worker_connections and self._make_room():
            pass

    def _cap_keepalive(self, deadline: float) -> None:
        """Let no connection without a request hold up the end of the worker."""
        super()._cap_keepalive(deadline)
        self._last = deadline
        for among in (self._arriving, self._leaving):
            for conn, until in among.items():
                among[conn] = min(until, deadline)
        self._stop_listening()

    def _stop_listening(self) -> None:
        """Take who waits to be accepted, and let later callers be refused at once.

        gunicorn's own leaves the sockets open until the last reader is done: who connects meanwhile is never answered.
        """
        for listener in self.sockets:
            before = None
            while self.nr_conns != before:
                before = self.nr_conns
                self.accept(listener)
            listener.close()

    def _begin(self, conn: Connection) -> None:
        """Give the next request to a thread where it is whole, and wait for it otherwise."""
        step = self._next_step(conn)
        if step is None:
            self._wait(conn, self._arriving, selectors.EVENT_READ, self._on_arriving, ARRIVE_SECONDS)
        else:
            step(conn)

    def _on_arriving(self, conn: Connection, _: object) -> None:
        if conn not in self._arriving:
            return  # It made room for another, of whom the same wait told.
        step = self._next_step(conn)
        if step is not None:
            self._unwatch(conn, self._arriving)
            step(conn)
        elif len(conn.sock.arriving) > READ_BYTES:
            self._bound_arriving()

    def _next_step(self, conn: Connection) -> Callable[[Connection], None] | None:
        """Read what has come; return what is to be done, None where there is more to wait for."""
        arriving = conn.sock.arriving
        try:
            if not arriving.whole() and not conn.sock.read():
                return self._drop
            if arriving.whole():
                return self._hand_over
            if arriving.expects_word:
                conn.sock.tell_to_go_on()
        except OSError:
            return self._drop
        return partial(self._refuse, status=FIELDS_TOO_LARGE) if arriving.too_long else None

    def _hand_over(self, conn: Connection) -> None:
        conn.sock.give()
        self.enqueue_req(conn)

    def _refuse(self, conn: Connection, status: int) -> None:
        try:
            conn.sock.sendall(self.page_of(status))
        except OSError:
            self._drop(conn)
        else:
            self._send(conn, keep=False)

    def _send(self, conn: Connection, *, keep: bool) -> None:
        """Send what is left of an answer; `keep` says whether the connection may be used again."""
        try:
            done = conn.sock.send_more()
        except OSError:
            self._drop(conn)
            return
        if done:
            self._sent(conn, keep=keep)
        else:
            self._wait(conn, self._sending, selectors.EVENT_WRITE, partial(self._on_sending, keep=keep), SEND_SECONDS)
            self._bound_unsent()

    def _on_sending(self, conn: Connection, _: object, *, keep: bool) -> None:
        if conn not in self._sending:
            return  # As above.
        before = conn.sock.unsent_bytes
        try:
            done = conn.sock.send_more()
        except OSError:
            self._unwatch(conn, self._sending)
            self._drop(conn)
            return
        if done:
            self._unwatch(conn, self._sending)
            self._sent(conn, keep=keep)
        elif conn.sock.unsent_bytes < before:
            self._sending[conn] = time.monotonic() + SEND_SECONDS

    def _sent(self, conn: Connection, *, keep: bool) -> None:
        if not keep or conn.sock.arriving.cut_off:
            self._let_leave(conn)
        elif conn.parser.unreader.buf.getvalue():
            # The parser found an end before ours: it has what comes next.
            self.enqueue_req(conn)
        elif len(conn.sock.arriving):
            self._begin(conn)
        else:
            conn.set_timeout()
            conn.timeout = min(conn.timeout, self._last)
            self.keepalived_conns.append(conn)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_client_socket_readable, conn))

    def _let_leave(self, conn: Connection) -> None:
        """End the output, and let the caller read it before the connection goes: RFC 9112, section 9.6."""
        try:
            conn.sock.end_output()
        except OSError:
            self._drop(conn)
        else:
            self._wait(conn, self._leaving, selectors.EVENT_READ, self._on_leaving, LEAVE_SECONDS)

    def _on_leaving(self, conn: Connection, _: object) -> None:
        if conn not in self._leaving:
            return  # As above.
        try:
            stays = conn.sock.throw_away()
        except OSError:
            stays = False
        if not stays:
            self._unwatch(conn, self._leaving)
            self._drop(conn)

    def _wait(self, conn: Connection, among: Waiting, event: int, then: Callable[..., None], seconds: float) -> None:
        among[conn] = time.monotonic() + seconds
        if among is not self._sending:
            among[conn] = min(among[conn], self._last)
        self.poller.register(conn.sock, event, partial(then, conn))

    def _unwatch(self, conn: Connection, among: Waiting) -> None:
        del among[conn]
        self.poller.unregister(conn.sock)

    def _drop(self, conn: Connection) -> None:
        self.nr_conns -= 1
        conn.close()

    def _bound_arriving(self) -> None:
        """Hang up on whoever has sent most, where requests that are not whole hold too much."""
        if sum(len(conn.sock.arriving) for conn in self._arriving) > MOST_ARRIVING_BYTES:
            self._hang_up(max(self._arriving, key=lambda conn: len(conn.sock.arriving)), self._arriving)

    def _bound_unsent(self) -> None:
        """Hang up on whoever has been sent to for longest, where answers that nobody takes hold too much."""
        while self._sending and sum(conn.sock.unsent_bytes for conn in self._sending) > MOST_UNSENT_BYTES:
            self._hang_up(next(iter(self._sending)), self._sending)

    def _make_room(self) -> bool:
        """Hang up on somebody, who can be missed most easily; tell whether there was anybody."""
        for among in (self._leaving, self._arriving):
            if among:
                self._hang_up(next(iter(among)), among)
                return True
        if self.keepalived_conns:
            idle = self.keepalived_conns.popleft()
            self.poller.unregister(idle.sock)
            self._drop(idle)
            return True
        if self._sending:
            self._hang_up(next(iter(self._sending)), self._sending)
            return True
        return False

    def _hang_up(self, conn: Connection, among: Waiting) -> None:
        self._unwatch(conn, among)
        self._drop(conn)
