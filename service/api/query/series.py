"""The parameters of what is published by bar: a market, with nothing assumed about its traders."""

from typing import Any

from marshmallow import post_load

from service.api.query.assembly import assembled
from service.api.query.parameters import MarketQuery, exchanges_field
from service.heatmap import Assumptions, parse_mix


class SeriesQuery(MarketQuery):
    """Which market, on which bars, as of when."""

    exchange = exchanges_field("they are shown on one axis and added up")

    class Meta:
        """What was traded does not hang on what is assumed."""

        exclude = ("mix", "churn", "position_notional")

    @post_load
    def as_request(self, values: dict[str, Any], **_: Any) -> Any:  # noqa: ANN401 - marshmallow's own
        """Return the request that the values make up, with the usual assumptions in its envelope."""
        usual = {"mix": parse_mix("default"), "position_notional": Assumptions().position_notional}
        return assembled(self.request, usual | values)
