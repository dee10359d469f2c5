"""What exchanges say of their rate limits, by the headers that each sends."""

import pytest

from service.market.adapter.weight_used import weight_used


@pytest.mark.parametrize(
    ("headers", "share"),
    [
        ({"X-MBX-USED-WEIGHT-1M": "600"}, 0.25),
        ({"X-MBX-USED-WEIGHT-1M": "3000"}, 1.25),
        ({"X-Bapi-Limit-Status": "90", "X-Bapi-Limit": "120"}, 0.25),
        ({"X-Gate-RateLimit-Requests-Remain": "0", "X-Gate-RateLimit-Limit": "200"}, 1.0),
        ({"gw-ratelimit-remaining": "1500", "gw-ratelimit-limit": "2000"}, 0.25),
        ({"ratelimit-remaining": "800", "ratelimit-limit": "800"}, 0.0),
        ({"ratelimit-remaining": "900", "ratelimit-limit": "800"}, 0.0),
        ({}, None),
        ({"ratelimit-remaining": "800"}, None),
        ({"ratelimit-remaining": "8", "ratelimit-limit": "0"}, None),
        ({"X-MBX-USED-WEIGHT-1M": "-1"}, None),
        ({"X-MBX-USED-WEIGHT-1M": "nan"}, None),
        ({"X-MBX-USED-WEIGHT-1M": "9" * 400}, None),
        ({"X-MBX-USED-WEIGHT-1M": "\u0665"}, None),
    ],
)
def test_share(headers: dict[str, str], share: float | None) -> None:
    """What is said is read; what is not a number is as if it were not there."""
    assert weight_used(headers) == share
