"""The calculator's terms: which text holds, what of a question is left unused, and what becomes of what cannot be."""

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from flask import Flask

from service.market.contract import BadData, Tiers
from tests.support.fake_apps import app_of, ask
from tests.support.fake_exchange import Clock, FakeExchange

PATH = "/v1/liquidation-price"
# After every moment that is asked for below, epoch seconds: 2026-07-01.
NOW = 1_782_864_000
OWN = {"rule": "binance", "maintenance_rate": 0.01, "side": "long", "entry": 100, "leverage": 10}


@cache
def fake_app() -> Flask:
    """Return an application on one fake exchange."""
    return app_of(FakeExchange("fake"), clock=Clock(NOW))


def answer(**change: object) -> dict[str, Any]:
    """Return the answer to the usual position with some of it changed; None leaves a figure out."""
    return ask(fake_app(), PATH, **{name: value for name, value in (OWN | change).items() if value is not None})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"taker_fee": 0.0005}, "taker_fee moves nothing: binance"),
        ({"rule": "bybit", "as_of": "2026-01-01T00:00:00Z", "taker_fee": 0.0005}, "taker_fee moves nothing: bybit"),
        ({"rule": "okx", "maintenance_amount": 0.1}, "okx applies its rate to the whole position"),
        ({"symbol": "BTC"}, "symbol moves nothing"),
        ({"margin": 20}, "margin is not the 10 that leverage makes"),
        ({"margin_mode": "cross", "margin": 20}, "leverage moves nothing in cross mode"),
        ({"rule": "kucoin", "as_of": "2026-01-01T00:00:00Z"}, "names no figure for the liquidation fee rate"),
        ({"rule": "htx"}, "migration"),
        ({"rule": "hyperliquid-inverse", "size": 500}, "No text on coin-margined contracts was found"),
        ({"rule": "phemex", "margin_mode": "cross", "margin": 50, "leverage": None}, "isolated margin alone"),
    ],
)
def test_what_a_rule_does_not_use_is_said(change: dict[str, Any], words: str) -> None:
    """A figure that moves nothing, and a source that leaves something open, are each told in one sentence."""
    assert [warning for warning in answer(**change)["warnings"] if words in warning]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"rule": "okx", "taker_fee": 0.0005},
        {"margin": 10},
        {"rule": "phemex", "taker_fee": 0.0006, "margin": 10.054},
        {"rule": "bybit", "as_of": "2026-01-01T00:00:00Z", "taker_fee": 0.0006, "margin": 12},
        {"rule": "binance", "maintenance_amount": 0.1},
        {"margin_mode": "cross", "margin": 20, "leverage": None},
    ],
)
def test_what_a_rule_uses_is_not(change: dict[str, Any]) -> None:
    """Nothing is said of figures that count, nor of a margin that is what leverage makes."""
    assert answer(**change)["warnings"] == []


@pytest.mark.parametrize("change", [{"leverage": 100}, {"leverage": 125}, {"leverage": None, "margin": 0.5}])
@pytest.mark.parametrize("mark", [None, 150])
def test_what_could_not_be_opened(change: dict[str, Any], mark: float | None) -> None:
    """Its maintenance takes all of the margin: no price, on neither side of the entry, and a warning that says so."""
    body = answer(**change, mark=mark)
    assert (body["outcome"], body["price"], body["distance_pct"]) == ("could_not_be_opened", None, None)
    assert body["warnings"][-1].startswith("It could not be opened: equity would be")


@pytest.mark.parametrize(("side", "rule", "entry"), [("long", "bybit", 100), ("short", "bybit-inverse", 100)])
def test_what_nothing_liquidates_says_so(side: str, rule: str, entry: float) -> None:
    """A position at 1x whose margin covers all that it can lose has no price and one sentence."""
    body = answer(side=side, rule=rule, entry=entry, leverage=1, as_of="2026-01-01T00:00:00Z")
    assert (body["outcome"], body["price"]) == ("not_liquidatable", None)
    assert body["warnings"] == ["No price liquidates it: its margin covers all that it can lose."]
    before = answer(side=side, rule=rule, entry=entry, leverage=1, as_of="2025-01-01T00:00:00Z")
    assert (before["rule"], before["outcome"]) == (
        f"bybit-until-2025-09-02{'-inverse' if rule.endswith('-inverse') else ''}",
        "liquidated_at",
    )


def test_the_unit_of_an_amount() -> None:
    """It is the currency of the margin: named where the market is known, else what it is of."""
    assert answer()["maintenance_amount_unit"] == "quote currency"
    assert answer(rule="binance-inverse", size=500)["maintenance_amount_unit"] == "coin"
    assert (
        ask(fake_app(), PATH, exchange="fake", side="long", entry=100, leverage=5)["maintenance_amount_unit"] == "USDT"
    )


HEDGED = {
    "rule": "binance",
    "maintenance_rate": 0.004,
    "side": "long",
    "entry": 60_000,
    "size": 10,
    "margin": 50_000,
    "margin_mode": "cross",
}
# Long 10 at 60,000 beside short 4 at 61,000: 306,000 / 5.944 by the formula that Binance prints
BOTH = pytest.approx(306_000 / 5.944)


@pytest.mark.parametrize(
    "other",
    [
        {"other_size": 4, "other_entry": 61_000},
        {"other_size": 4, "other_pnl": 4_000, "mark": 60_000},
        {"other_size": 4, "other_pnl": 4_000, "mark": 60_000, "other_maintenance": 960},
        {"other_size": 4, "other_pnl": 2_000, "mark": 60_500},
        {"other_pnl": 4_000, "mark": 60_000, "other_maintenance": 960},
    ],
)
def test_both_legs_of_a_hedge_at_one_price(other: dict[str, float]) -> None:
    """However the other leg is told, its profit and maintenance move with the price; the answer repeats it."""
    body = ask(fake_app(), PATH, **HEDGED, **other)
    assert body["price"] == BOTH
    assert body["hedge"] == {"size": pytest.approx(4), "entry": pytest.approx(61_000)}
    assert body["equity"] == pytest.approx(body["required"])


def test_a_leg_that_was_inferred_is_said_to_be() -> None:
    """Figures of others at a mark are taken for the other leg, which the caller can deny."""
    others = {"other_pnl": 4_000, "mark": 60_000, "other_maintenance": 960}
    taken, denied = (ask(fake_app(), PATH, **HEDGED, **others, **more) for more in ({}, {"other_size": 0}))
    assert "a short of 4: give other_size" in taken["warnings"][0]
    assert denied["hedge"] is None
    assert denied["warnings"] == []
    assert denied["price"] == pytest.approx((600_000 - 50_000 - 4_000 + 960) / (10 * 0.996))
    # without a mark nothing says where the profit stands
    assert ask(fake_app(), PATH, **HEDGED, other_pnl=4_000, other_maintenance=960)["price"] == denied["price"]


@pytest.mark.parametrize("terms", [{"maintenance_amount": 50}, {"maintenance_rate": None, "exchange": "fake"}])
def test_no_leg_is_inferred_where_its_tier_is_not_known(terms: dict[str, Any]) -> None:
    """Maintenance in tiers, or less an amount, tells no size: it stays as it is, and the answer says so."""
    query = {name: value for name, value in (HEDGED | terms).items() if value is not None}
    others = {"other_pnl": 4_000, "other_maintenance": 960, "mark": 60_000}
    still, denied = (ask(fake_app(), PATH, **query, **others, **more) for more in ({}, {"other_size": 0}))
    assert (still["hedge"], still["price"]) == (None, denied["price"])
    assert [text for text in still["warnings"] if "stand still while the price moves: give other_size" in text]
    assert not [text for text in denied["warnings"] if "other_size" in text]


def test_further_positions_beside_a_hedge() -> None:
    """What other_maintenance holds beyond the leg's own stays as it is; with an entry all of it is of others."""
    leg = {"other_size": 4, "other_pnl": 4_000, "mark": 60_000}
    more = ask(fake_app(), PATH, **HEDGED, **leg, other_maintenance=960 + 500)
    assert more["price"] == pytest.approx((306_000 + 500) / 5.944)
    apart = {"other_size": 4, "other_entry": 61_000, "other_pnl": -300, "other_maintenance": 200}
    assert ask(fake_app(), PATH, **HEDGED, **apart)["price"] == pytest.approx((306_000 + 500) / 5.944)
    less = ask(fake_app(), PATH, **HEDGED, **leg, other_maintenance=100)
    assert less["price"] == BOTH
    assert "other_maintenance is less than the 960" in less["warnings"][0]


def test_a_hedge_in_coin() -> None:
    """Coin-margined: 500 USD long at 100 and 300 short at 104, 1.5 coin, .4 % of 800 / P."""
    wallet = {"rule": "binance-inverse", "maintenance_rate": 0.004, "margin": 1.5, "margin_mode": "cross"}
    legs = {"side": "long", "entry": 100, "size": 500, "other_size": 300, "other_entry": 104}
    expected = (200 + 3.2) / (1.5 + 500 / 100 - 300 / 104)
    assert ask(fake_app(), PATH, **wallet, **legs)["price"] == pytest.approx(expected)
    profit = 300 * (1 / 102 - 1 / 104)
    at_mark = {"side": "long", "entry": 100, "size": 500, "other_size": 300, "mark": 102, "other_pnl": profit}
    assert ask(fake_app(), PATH, **wallet, **at_mark)["price"] == pytest.approx(expected)


def test_the_larger_leg_decides_the_direction() -> None:
    """A short that outweighs the long is what a rising price takes, and with it the long."""
    body = ask(fake_app(), PATH, **HEDGED | {"size": 1}, other_size=4, other_entry=61_000)
    assert body["price"] == pytest.approx((50_000 - 60_000 + 244_000) / (3 + 0.02))
    assert body["distance_pct"] == pytest.approx(100 * (body["price"] / 60_000 - 1))


def test_two_legs_under_a_text_that_says_nothing_of_them() -> None:
    """They are reckoned together all the same, and the answer says that the exchange's own text is silent."""
    body = ask(fake_app(), PATH, **HEDGED | {"rule": "okx"}, other_size=4, other_entry=61_000)
    assert "gives no price for two legs" in body["warnings"][0]


class NoTiers(FakeExchange):
    """An exchange whose tiers do not come, or not as they can be."""

    def tiers(self, symbol: str) -> Tiers:
        """Fail."""
        raise BadData(self.id, f"risk tiers of {symbol}: a maintenance rate of 0.5 at a leverage of 100")


def test_tiers_that_do_not_come() -> None:
    """The price is worked out with assumed ones, which are named as such, with their day and the reason."""
    body = ask(app_of(NoTiers("fake")), PATH, exchange="fake", side="long", entry=100, leverage=5)
    assert (body["tiers_source"], body["tiers_dated"]) == ("assumed", "2024-10-24")
    assert body["price"] == pytest.approx(80 / (1 - body["maintenance_rate"]))
    assert any("could not be read: fake: risk tiers" in warning for warning in body["warnings"])
    assert any("assumed" in warning for warning in body["warnings"])


class Counted(FakeExchange):
    """An exchange that counts its tiers in coin."""

    def tiers(self, symbol: str) -> Tiers:
        """Return the fake's tiers, said to have been counted in coin and valued at 100."""
        return replace(super().tiers(symbol), coin_price=100.0)


def test_tiers_that_are_counted_in_coin() -> None:
    """12,000 coins are in the second tier, from 10,000 on, wherever the price goes."""
    own = {"exchange": "fake", "side": "long", "entry": 100, "leverage": 5, "size": 12_000}
    body = ask(app_of(Counted("fake")), PATH, **own)
    assert (body["tier"], body["tier_counted_in"]) == (1, "base")
    assert ask(fake_app(), PATH, **own)["tier"] == 0


def test_the_text_is_named() -> None:
    """Every answer names the address, the day and the time in force of the text that its price follows."""
    body = answer(rule="kucoin", as_of="2026-01-01T00:00:00Z")
    assert body["text"] == {
        "address": "https://www.kucoin.com/support/26694703491737",
        "dated": "2025-05-22",
        "since": "2025-05-22T04:00:00Z",
        "until": None,
    }


def test_old_moments_have_todays_tiers() -> None:
    """A moment chooses the text; tiers of the past are published nowhere, which is said."""
    own = {"exchange": "fake", "side": "long", "entry": 100, "leverage": 5}
    body = ask(fake_app(), PATH, **own, as_of="2024-01-01T00:00:00Z")
    assert any("Risk tiers are today's" in warning for warning in body["warnings"])
