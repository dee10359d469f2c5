"""What exchanges say of their rate limits, by the headers that each sends."""

import pytest

from service.market.adapter.weight_used import Usage, weight_used


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
    usage = weight_used(headers)
    assert (None if usage is None else usage.share) == share


@pytest.mark.parametrize(
    ("headers", "usage"),
    [
        ({"X-MBX-USED-WEIGHT-1M": "1200"}, Usage(0.5, 60.0, aligned=True)),
        ({"x-mbx-used-remain-limit": "5"}, Usage(0.75, 1.0)),
        ({"X-Bapi-Limit-Status": "90", "X-Bapi-Limit": "120"}, Usage(0.25, 1.0)),
        ({"X-Gate-RateLimit-Requests-Remain": "50", "X-Gate-RateLimit-Limit": "200"}, Usage(0.75, 10.0)),
        (
            {"gw-ratelimit-remaining": "500", "gw-ratelimit-limit": "2000", "gw-ratelimit-reset": "1489"},
            Usage(0.75, 1.489),
        ),
        ({"ratelimit-remaining": "200", "ratelimit-limit": "800", "ratelimit-interval": "3000"}, Usage(0.75, 3.0)),
        ({"ratelimit-remaining": "200", "ratelimit-limit": "800", "ratelimit-interval": "99999999"}, Usage(0.75, 60.0)),
        ({"ratelimit-remaining": "200", "ratelimit-limit": "800", "ratelimit-interval": "x"}, Usage(0.75, 3.0)),
    ],
)
def test_window(headers: dict[str, str], usage: Usage) -> None:
    """Each window is that of the exchange's documentation, or what the answer says of it, a minute at most."""
    assert weight_used(headers) == usage
