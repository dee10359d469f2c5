"""A body grows older in its head alone: what is long and has no age in it is compressed once."""

import gzip
from unittest.mock import Mock

import brotli
import orjson
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from service.api.edge.kept_answers.compression import CODINGS, IDENTITY
from service.api.edge.kept_answers.form import APART_FROM, LONGEST_HEAD, Form, aged
from service.api.edge.kept_answers.in_parts import IN_PARTS

UNDO = {
    IDENTITY: lambda body: body,
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompress(body),
}
LONG = list(range(APART_FROM // 4))


def test_every_age_in_a_body_grows_and_nothing_else() -> None:
    """Wherever in the body it is; a text that looks like one, and an age that is not known, stay."""
    body = orjson.dumps(
        {"age_seconds": 1.5, "in": [{"age_seconds": 0.0}, {"age_seconds": None}], "s": '"age_seconds":1'}
    )
    grown = orjson.loads(aged(body, 60))
    assert grown == {"age_seconds": 61.5, "in": [{"age_seconds": 60.0}, {"age_seconds": None}], "s": '"age_seconds":1'}


@pytest.mark.parametrize("coding", [IDENTITY, *CODINGS])
@pytest.mark.parametrize(
    "body",
    [{"age_seconds": 2.25, "grid": LONG}, {"grid": LONG, "age_seconds": 7.0}, {"grid": LONG}, {"age_seconds": 1.0}, {},
     {"sources": [{"age_seconds": 9.5}, {"age_seconds": None}], "grid": LONG}],
)  # fmt: skip
def test_the_body_is_whole_at_every_age(body: dict[str, object], coding: str) -> None:
    """Under each coding it is what it would be were it made anew, wherever its ages are."""
    text = orjson.dumps(body)
    form = Form.of(text)
    for age in (0, 1, 30, 31, 1000):
        form = form.at(age)
        wanted = aged(text, age)
        assert UNDO[coding](form.under(coding)) == wanted
        assert len(form) == len(wanted)


@given(st.floats(0, 1e9), st.integers(0, 10**9))
def test_no_age_is_cut(seconds: float, age: int) -> None:
    """An age is in the head with all its digits."""
    text = orjson.dumps({"age_seconds": round(seconds, 3), "grid": LONG})
    form = Form.of(text)
    assert len(form.rest.body) > APART_FROM
    assert form.at(age).under(IDENTITY) == aged(text, age)


@pytest.mark.parametrize("coding", IN_PARTS)
def test_what_has_no_age_is_compressed_once(monkeypatch: pytest.MonkeyPatch, coding: str) -> None:
    """As a body grows older its head alone is written anew."""
    parts = IN_PARTS[coding]
    alone = Mock(wraps=parts.alone)
    monkeypatch.setitem(IN_PARTS, coding, parts._replace(alone=alone))
    form = Form.of(orjson.dumps({"age_seconds": 1.0, "grid": LONG}))
    for age in range(5):
        form = form.at(age)
        form.under(coding)
    alone.assert_called_once()


@pytest.mark.parametrize("before", [LONGEST_HEAD // 2, 2 * LONGEST_HEAD])
def test_a_long_head_keeps_nothing_apart(before: int) -> None:
    """It would be written as it is, however long it were."""
    form = Form.of(orjson.dumps({"text": "x" * before, "age_seconds": 1.0, "grid": LONG}))
    assert (len(form.rest.body) == 0) == (before > LONGEST_HEAD)


@pytest.mark.parametrize("coding", CODINGS)
def test_a_body_is_the_same_bytes_however_it_grew_old(coding: str) -> None:
    """A replica that made it at another moment sends what this one sends."""
    first = Form.of(orjson.dumps({"age_seconds": 1.0, "grid": LONG}))
    second = Form.of(orjson.dumps({"age_seconds": 3.0, "grid": LONG}))
    assert first.at(2).under(coding) == second.under(coding)


def test_a_body_is_held_once() -> None:
    """Its parts are views or small."""
    text = orjson.dumps({"age_seconds": 1.0, "grid": LONG})
    form = Form.of(text)
    assert form.under(IDENTITY) is text
    assert form.rest.body.obj is text
    assert len(form.head) < 100
