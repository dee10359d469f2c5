from dataclasses import dataclass

import pytest

from service.heatmap.base.rules import check_rules


@dataclass(frozen=True)
class Tunables:
    """A set of figures, one of them not a number."""

    share: float = 0.5
    count: int = 3
    marks: tuple[float, float] = (-1.0, 2.0)


def test_good_figures_pass() -> None:
    """Numbers from 0 on pass, a share of 1 too, and what is no number is left to its owner."""
    check_rules(Tunables(), shares=("share",), counts=("count",))
    check_rules(Tunables(share=1.0, count=1), shares=("share",), counts=("count",))


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        (Tunables(share=-0.1), "share: -0.1 is not a finite number from 0"),
        (Tunables(share=float("nan")), "share: nan is not a finite number from 0"),
        (Tunables(share=float("inf")), "share: inf is not a finite number from 0"),
        (Tunables(share=1.1), "share: 1.1 is over 1"),
        (Tunables(count=0), "count: 0 is not at least 1"),
    ],
)
def test_what_cannot_hold_is_named(rules: Tunables, message: str) -> None:
    """The error names the figure, its value and what is wrong with it."""
    with pytest.raises(ValueError, match=f"^{message}$"):
        check_rules(rules, shares=("share",), counts=("count",))
