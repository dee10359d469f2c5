"""What is served as it is: made once, kept by callers under its ETag, compressed as they like."""

import gzip

import pytest
from flask import Flask

from service.api.edge.kept_answers.document import Document

BODY = b"where positions end " * 200


@pytest.fixture
def document() -> Document:
    """Return a document that may be made once."""
    bodies = iter([BODY])
    return Document(lambda: next(bodies), "text/plain")


def test_it_is_made_once(document: Document) -> None:
    """And not before somebody asks."""
    with Flask("test").test_request_context():
        assert document.response().data == document.response().data == BODY


def test_a_caller_that_has_it_is_told_so(document: Document) -> None:
    """304 without a body, whichever coding its copy came under."""
    app = Flask("test")
    with app.test_request_context():
        etag = document.response().headers["ETag"]
    with app.test_request_context(headers={"If-None-Match": etag, "Accept-Encoding": "gzip"}):
        response = document.response()
    assert (response.status_code, response.data, response.headers["ETag"]) == (304, b"", etag)


def test_it_is_compressed_where_that_is_liked(document: Document) -> None:
    """The bytes under gzip are the document."""
    with Flask("test").test_request_context(headers={"Accept-Encoding": "gzip"}):
        response = document.response()
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(response.data) == BODY
