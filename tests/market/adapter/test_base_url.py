"""A base URL is a host, maybe with a port and a path, and nothing else."""

import pytest

from service.market.adapter.base_url import RULE, checked_base_url
from service.market.venues import build_venue


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("http://mirror", "http://mirror"),
        ("https://mirror.internal:8443/binance/", "https://mirror.internal:8443/binance"),
        ("http://127.0.0.1:9/x", "http://127.0.0.1:9/x"),
        ("http://[::1]:9", "http://[::1]:9"),
    ],
)
def test_what_can_be_used(url: str, kept: str) -> None:
    """Proves that host, port and path stay, without the slash behind."""
    assert checked_base_url(url) == kept


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "fapi.binance.com",
        "ftp://x",
        "http://",
        "http://:80",
        "http://x?y=1",
        "http://x/?",
        "https://x#y",
        "https://x/#",
        "http://x:port",
        "http://x:0",
        "http://x:70000",
        "http://user@x",
        "http://user:password@x",
        "http://@x",
        "http://a b",
        "http://a\nb",
        "http://[",
        None,
        5,
    ],
)
def test_anything_else_is_refused_at_once(wrong: object) -> None:
    """Proves that a typing error shows when the settings are read, in the same words wherever it is."""
    with pytest.raises(ValueError, match=r"want http\(s\)://host") as raised:
        checked_base_url(wrong)
    assert str(raised.value) == RULE


def test_an_adapter_takes_no_other() -> None:
    """Proves that a client cannot be built around the rule."""
    with pytest.raises(ValueError, match="user"):
        build_venue("binance", base_url="http://user:password@mirror")
