"""API keys: kept as digests, taken from headers alone."""

from typing import Any

import pytest

from service.ops.api_keys import LONGEST_KEY, ApiKeys, digest_of_key, new_key, presented_key

KEY, OTHER = new_key(), new_key()


def test_keys_are_not_made_twice() -> None:
    """Each is long, and its digest tells nothing of it."""
    assert KEY != OTHER
    assert len(KEY) > 40
    assert KEY not in digest_of_key(KEY)


def test_who_is_let_in() -> None:
    """The holder of a key is known by its digest; nobody else is, and no digest is a key."""
    keys = ApiKeys([digest_of_key(KEY).upper(), digest_of_key(OTHER)])
    assert keys.holder(KEY) == digest_of_key(KEY)
    assert keys.holder(OTHER) == digest_of_key(OTHER)
    for wrong in ("", KEY[:-1], KEY + "x", KEY.upper(), digest_of_key(KEY), "é", new_key()):
        assert keys.holder(wrong) is None


def test_ten_thousand_wrong_keys() -> None:
    """None is let in."""
    keys = ApiKeys([digest_of_key(KEY)])
    assert not any(keys.holder(f"lh_{number}") for number in range(10_000))


@pytest.mark.parametrize(
    ("environ", "key"),
    [
        ({}, None),
        ({"HTTP_X_API_KEY": "a"}, "a"),
        ({"HTTP_CG_API_KEY": "a"}, "a"),
        ({"HTTP_AUTHORIZATION": "Bearer a"}, "a"),
        ({"HTTP_AUTHORIZATION": "bearer  a"}, "a"),
        ({"HTTP_AUTHORIZATION": "Basic a"}, None),
        ({"HTTP_AUTHORIZATION": "Bearer a", "HTTP_X_API_KEY": "a"}, "a"),
        ({"HTTP_AUTHORIZATION": "Bearer a", "HTTP_X_API_KEY": "b"}, ""),
        ({"HTTP_X_API_KEY": (LONGEST_KEY + 1) * "a"}, ""),
        ({"QUERY_STRING": "api_key=a&x-api-key=a"}, None),
    ],
)
def test_where_a_key_may_stand(environ: dict[str, Any], key: str | None) -> None:
    """In a header; two that differ, or one that is too long, are a wrong one."""
    assert presented_key(environ) == key
