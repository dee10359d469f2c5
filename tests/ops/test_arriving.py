"""Where a request ends that is still coming, in whatever pieces it comes."""

import pytest

from service.ops.arriving import MOST_BODY_BYTES, MOST_HEAD_BYTES, Arriving

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
WHOLE = {
    "get": GET,
    "body": POST + b"content-length:  5\r\n\r\nhello",
    "padded length": POST + b"Content-Length: 00000000000000000005\r\n\r\nhello",
    "padded chunk": CHUNKED + b"0000000005\r\nhello\r\n0\r\n\r\n",
    "no body": POST + b"Content-Length: 0\r\n\r\n",
    "chunks": CHUNKED + b"5\r\nhello\r\nA;name=value\r\n0123456789\r\n0\r\n\r\n",
    "chunk with line ends": CHUNKED + b"9\r\n\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n",
    "trailers": CHUNKED + b"0\r\nX-A: 1\r\nX-B: 2\r\n\r\n",
}
UNREADABLE = {
    "size that is no number": CHUNKED + b"zz\r\nhello\r\n0\r\n\r\n",
    "negative size": CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n",
    "size without an end": CHUNKED + b"0" * 300,
    "length beyond all that is taken": POST + b"Content-Length: %d\r\n\r\n" % (MOST_BODY_BYTES + 1),
    "length of more digits than a number has": POST + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
    "length that is none": POST + b"Content-Length: 5, 5\r\n\r\n",
    "chunk beyond all that is taken": CHUNKED + b"%x\r\n" % (MOST_BODY_BYTES + 1),
    "trailers without an end": CHUNKED + b"0\r\n" + b"X: 1\r\n" * MOST_HEAD_BYTES,
}


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("name", WHOLE)
def test_a_request_is_whole_with_its_last_byte(name: str, piece: int) -> None:
    """However it is cut, not before and not after; what follows it is the next."""
    sent, arriving = WHOLE[name], Arriving()
    for at in range(0, len(sent) - 1, piece):
        arriving.add(sent[at : min(at + piece, len(sent) - 1)])
        assert not arriving.whole()
    arriving.add(sent[-1:] + GET + b"GET")
    assert arriving.whole()
    assert arriving.take() == sent
    assert not arriving.cut_off
    assert arriving.whole()
    assert arriving.take() == GET
    assert not arriving.whole()
    assert len(arriving) == 3


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_has_no_end_is_given_as_it_is(name: str) -> None:
    """The parser is to refuse it, and nothing after it is read."""
    arriving = Arriving()
    arriving.add(UNREADABLE[name])
    assert arriving.whole()
    assert arriving.take() == UNREADABLE[name]
    assert arriving.cut_off


def test_chunks_beyond_all_that_is_taken_end() -> None:
    """A body that never ends is given up at the most that is held."""
    arriving, chunk = Arriving(), b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    arriving.add(CHUNKED)
    for _ in range(MOST_BODY_BYTES // 0x10000):
        assert not arriving.whole()
        arriving.add(chunk)
    assert arriving.whole()
    arriving.take()
    assert arriving.cut_off


def test_a_head_that_never_ends() -> None:
    """It is too long at some point; one that has ended is not, whatever follows."""
    arriving = Arriving()
    arriving.add(b"GET / HTTP/1.1\r\nX: ")
    assert not arriving.too_long
    arriving.add(b"x" * MOST_HEAD_BYTES)
    assert not arriving.whole()
    assert arriving.too_long


@pytest.mark.parametrize(
    ("head", "waits"), [(b"Expect: 100-continue\r\n", True), (b"Expect: nothing\r\n", False), (b"", False)]
)
def test_who_waits_to_be_told_to_go_on(head: bytes, waits: bool) -> None:
    """A caller that says so, once its head is there."""
    arriving = Arriving()
    arriving.add(POST + head + b"Content-Length: 5\r\n")
    assert not arriving.whole()
    assert not arriving.expects_word
    arriving.add(b"\r\n")
    assert not arriving.whole()
    assert arriving.expects_word is waits
