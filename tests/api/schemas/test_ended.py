"""An ended zone is written as its schema says, and each field of it is described."""

from dataclasses import replace

from service.api.schemas.ended import EndedZoneSchema, ended_body
from service.heatmap import Side
from service.heatmap.touches import EndedZone
from service.heatmap.zones import Core
from tests.support.rendered import rendered

ZONE = EndedZone(
    id="hot-long-58240",
    side=Side.LONG,
    low=58100.0,
    high=58400.0,
    core=Core(58150.0, 58250.0),
    peak=58200.0,
    notional=1_234_567.891,
    height_at=1_722_816_000_000,
    ended_at=1_722_819_600_000,
    why="swept",
    swept=0.912345,
    left=0.08,
)


def test_figures_and_times() -> None:
    """Amounts to the cent, shares to four digits, times in RFC 3339."""
    body = rendered(ended_body(ZONE), EndedZoneSchema())
    assert body["core"] == {"low": 58150.0, "high": 58250.0}
    assert (body["notional"], body["swept"], body["left"]) == (1_234_567.89, 0.9123, 0.08)
    assert (body["height_at"], body["ended_at"]) == ("2024-08-05T00:00:00Z", "2024-08-05T01:00:00Z")


def test_what_no_close_has_seen_gone_has_no_time() -> None:
    """It ended since the last one."""
    body = rendered(ended_body(replace(ZONE, ended_at=None)), EndedZoneSchema())
    assert body["ended_at"] is None


def test_every_field_is_described() -> None:
    """Each says in words what it is."""
    assert all(field.metadata["description"] for field in EndedZoneSchema().fields.values())
