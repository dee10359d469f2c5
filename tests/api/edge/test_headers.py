"""What every answer tells a browser: once each, and a page keeps the policy of its own."""

from service.api.edge.headers import EVERY_ANSWER, POLICY, guarded


def test_an_answer_gets_all_of_them() -> None:
    """Behind those that it has."""
    headers = [("Content-Type", "application/json"), ("ETag", '"x"')]
    assert guarded(headers) == [*headers, *EVERY_ANSWER, POLICY]


def test_what_is_there_stays_and_is_not_said_twice() -> None:
    """Whatever the case of its name."""
    own = ("content-security-policy", "default-src 'self'")
    told = guarded([own])
    assert told[0] == own
    assert [name.lower() for name, _ in told].count(own[0]) == 1
    assert guarded(told) == told


def test_nothing_runs_and_nobody_frames() -> None:
    """An answer that is led to a browser as a page is dead data."""
    assert "default-src 'none'" in POLICY[1]
    assert "frame-ancestors 'none'" in POLICY[1]
    assert ("X-Content-Type-Options", "nosniff") in EVERY_ANSWER
