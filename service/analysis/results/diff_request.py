"""What a diff compares: the shared market, and what sets the two maps apart."""

from dataclasses import dataclass, replace

from service.analysis.requests import AxisRequest, MarketRequest
from service.heatmap import BadInput, parse_mix
from service.heatmap.compare import How
from service.heatmap.inventory import Mix

MAPS = ("a", "b")
KINDS = ("exchanges", "moments", "assumptions")


@dataclass(frozen=True, kw_only=True)
class DiffRequest:
    """Two maps: the shared market, and what sets each of them apart, exactly one kind of it."""

    market: MarketRequest
    axis: AxisRequest
    a: str | None
    b: str | None
    as_of_a: int | None
    as_of_b: int | None
    mix_a: Mix | None
    mix_b: Mix | None
    churn_a: float | None
    churn_b: float | None
    alignment: How

    def given(self) -> dict[str, list[str]]:
        """Return the parameters given, by the kind of pair that they ask for."""
        own: dict[str, dict[str, object]] = {
            "exchanges": {"a": self.a, "b": self.b},
            "moments": {"as_of_a": self.as_of_a, "as_of_b": self.as_of_b},
            "assumptions": {
                "mix_a": self.mix_a,
                "mix_b": self.mix_b,
                "churn_a": self.churn_a,
                "churn_b": self.churn_b,
            },
        }
        return {kind: [name for name, value in own[kind].items() if value is not None] for kind in KINDS}

    def kind(self) -> str:
        """Return which kind of pair is asked for; raises BadInput unless it is one, and whole."""
        given = self.given()
        kinds = [kind for kind in KINDS if given[kind]]
        if len(kinds) != 1:
            asked = " and ".join(kinds) or "nothing"
            field = given[kinds[-1]][0] if kinds else "a"
            raise BadInput(field, f"Asked to compare {asked}", "a and b, or as_of_a/b, or mix_a/b and churn_a/b")
        if kinds[0] != "exchanges" and not self.market.exchange:
            raise BadInput("exchange", f"Is needed to compare {kinds[0]}", "an id of /v1/exchanges, or sim")
        if kinds[0] == "exchanges":
            for name in MAPS:
                if name not in given["exchanges"]:
                    raise BadInput(name, "Is needed with the other", "exchange ids")
        self._refuse_unread()
        return kinds[0]

    def _refuse_unread(self) -> None:
        """Raise BadInput where a parameter of both maps is given, and each map has its own in place of it."""
        shared = self.market
        pairs = (
            ("exchange", bool(shared.exchange), ("a", "b")),
            ("as_of", shared.as_of is not None, ("as_of_a", "as_of_b")),
            # Generated clients send defaults along.
            ("mix", shared.assumptions.mix.name != parse_mix("default").name, ("mix_a", "mix_b")),
            ("churn", shared.assumptions.churn is not None, ("churn_a", "churn_b")),
        )
        for name, given, own in pairs:
            if given and all(getattr(self, each) is not None for each in own):
                raise BadInput(name, f"Means nothing beside {own[0]} and {own[1]}", "left out")

    def markets(self) -> dict[str, MarketRequest]:
        """Return the market of each map: the shared one with the map's own parameters in their place."""
        return {
            "a": self._own(self.a, self.as_of_a, self.mix_a, self.churn_a),
            "b": self._own(self.b, self.as_of_b, self.mix_b, self.churn_b),
        }

    def _own(self, exchange: str | None, as_of: int | None, mix: Mix | None, churn: float | None) -> MarketRequest:
        shared = self.market
        assumptions = replace(
            shared.assumptions,
            mix=shared.assumptions.mix if mix is None else mix,
            churn=shared.assumptions.churn if churn is None else churn,
        )
        return replace(
            shared,
            exchange=shared.exchange if exchange is None else exchange,
            as_of=shared.as_of if as_of is None else as_of,
            assumptions=assumptions,
        )
