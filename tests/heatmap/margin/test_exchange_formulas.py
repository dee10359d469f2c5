"""The rules by exchange: each with its coin-margined twin, and the one that was in force at a moment."""

import pytest

from service.heatmap.margin.exchange_formulas import RULES, rule_in_force, rule_of
from service.heatmap.margin.rules import Rule

REPLACED = [rule for rule in RULES.values() if rule.until is not None]


def test_every_rule_has_its_twin() -> None:
    """By its id, reckoned in coin; each says where it is written and by which formula."""
    linear = [rule for rule in RULES.values() if not rule.inverse]
    assert {f"{rule.id}-inverse" for rule in linear} == {rule.id for rule in RULES.values() if rule.inverse}
    for name, rule in RULES.items():
        assert rule.id == name
        assert rule.formula
        assert rule.source
        assert rule.text.address.startswith("https://") or rule.id.startswith("generic")


def test_an_unknown_rule_is_refused_with_those_there_are() -> None:
    """All of them."""
    with pytest.raises(ValueError, match=r"rule must be one of generic.*, binance.*, not 'mtgox'"):
        rule_of("mtgox")
    assert rule_of("okx") is RULES["okx"]


@pytest.mark.parametrize("earlier", REPLACED, ids=lambda rule: rule.id)
def test_the_rule_of_its_day_holds(earlier: Rule) -> None:
    """Up to the moment at which the next one came into force, and named by itself at any moment."""
    assert earlier.until is not None
    inverse = "-inverse" if earlier.inverse else ""
    today = earlier.id.partition("-until-")[0] + inverse
    assert rule_in_force(today, earlier.until - 1) == earlier.id
    assert rule_in_force(today, earlier.until) != earlier.id
    assert rule_in_force(earlier.id, earlier.until + 1) == earlier.id


def test_there_are_rules_of_the_past() -> None:
    """So that the test above tests something; a rule that was never replaced is itself at any moment."""
    assert len(REPLACED) >= 4
    assert rule_in_force("binance", 0) == "binance"
