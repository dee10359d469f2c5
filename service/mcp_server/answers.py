"""What the tools answer: each a model with its schema, and in every one how far it may be trusted."""

from typing import Any

from pydantic import BaseModel, Field


class Answer(BaseModel):
    """What stands in every answer; of several markets the oldest, the least and the lowest."""

    market: str = Field(description="Exchange, symbol and timeframe")
    as_of: str = Field(description="Close of the newest bar that it rests on, RFC 3339")
    age_seconds: int = Field(description="How old that is")
    coverage: float | None = Field(description="Share of the bars asked for that are there, 0 to 1; null of a formula")
    data_quality: float | None = Field(description="How well the data carry the map, 0 to 1; null of a formula")
    confidence: float | None = Field(
        description="That times how far maps of other leverage mixes agree; null where none was made"
    )
    simulated: bool = Field(description="True: an invented market, never to be traded on")
    skill: str = Field(description="What this was measured to tell, and what it does not")
    warnings: list[str] = Field(description="What to know first; in a concise answer cut short")
    full: dict[str, Any] | None = Field(
        default=None, description="With detail=full the service's own answer, without its cells"
    )


class Zone(BaseModel):
    """A price range where many positions would be closed by force."""

    side: str = Field(description="Whose positions: long (below the price) or short (above it)")
    low: float
    high: float
    distance_pct: float = Field(description="From the price to the near edge, %")
    usd: float = Field(description="Notional that stands there, USD")
    confidence: float = Field(description="How far to trust that it is there, 0 to 1")
    touch_24h: float | None = Field(description="Probability that price comes there within 24 hours")


class Zones(Answer):
    """Hot zones by rank, and the price they are seen from."""

    price: float
    hot_count: int = Field(description="How many hot zones there are on both sides")
    hot: list[Zone] = Field(description="The first of them by rank")
    cold_count: int = Field(description="How many cold zones: ranges with little in the way")


class Band(BaseModel):
    """Neighbouring bins of one side that are as full as the fullest ones."""

    side: str
    low: float
    high: float
    heat: float = Field(description="How full it is against its surroundings, 0 to 1")
    usd: float = Field(description="Notional that stands there, USD")


class Heatmap(Answer):
    """The newest column of the map."""

    price: float
    gap_low: float | None = Field(description="Around the price almost nothing stands, from here")
    gap_high: float | None = Field(description="to here")
    long_usd: float = Field(description="Longs that would be closed below the price, within the range, USD")
    short_usd: float = Field(description="Shorts that would be closed above it, USD")
    hottest: list[Band] = Field(description="The fullest bands of both sides")


class SharedZone(BaseModel):
    """A zone that both maps have."""

    side: str
    low: float
    high: float


class Diff(Answer):
    """How far two maps agree."""

    kind: str = Field(description="What differs: exchanges or moments")
    common_share: float = Field(description="Share of the two maps that lies at the same prices, 0 to 1")
    rank_correlation: float | None = Field(description="Whether the same bins are full, -1 to 1")
    in_both: int = Field(description="Hot zones that both have")
    only_a: int
    only_b: int
    consensus: list[SharedZone] = Field(description="Zones on which they agree, by rank")


class Cascade(Answer):
    """What a shock would set off, by the map and the order book."""

    start_price: float
    terminal_price: float = Field(description="Where it ends once liquidations have met the book")
    terminal_move_pct: float
    forced_usd: float = Field(description="Notional closed by force on the way, USD")
    amplification: float | None = Field(description="The whole move over the shock")
    absorbed: bool = Field(description="False: it still ran where the map or the book ended")
    move_pct_q10: float | None = Field(description="Tenth 1 of the move over the samples, %")
    move_pct_q90: float | None = Field(description="Tenth 9")
    critical_share: float | None = Field(description="Odds that forced orders feed themselves within 10 % beyond")
    critical_price: float | None = Field(description="First price at which they would")
    auto_deleveraging_usd_q90: float | None = Field(description="Left for auto-deleveraging in the worst tenth, USD")
    past_moves: int | None = Field(description="Bars that moved as far in this market's own past")
    past_again_24h: float | None = Field(description="Share of those that went on by as much again within 24 hours")


class Attention(BaseModel):
    """A market and its next hot zones."""

    symbol: str
    price: float
    attention: float | None = Field(description="Rank by this: nearness and weight of the next zones")
    long_distance_pct: float | None = Field(description="To the next hot zone of longs below, %")
    short_distance_pct: float | None = Field(description="To the next hot zone of shorts above, %")


class Scan(Answer):
    """Markets by how much stands close to their price."""

    markets: list[Attention]
    failed: list[str] = Field(description="The first symbols that could not be read, on one exchange or all")


class Skill(Answer):
    """How well the map did on this very market."""

    verdict: str = Field(description="In words; H1, H2 and EXT are explained in it")
    days: int
    zones_lift: float | None = Field(description="Liquidations of hours that entered a hot zone over matched hours")
    zones_placebo: float | None = Field(description="The same with the zones of 30 days before: 1 is right")


class LiquidationPrice(Answer):
    """Where one position is closed by force."""

    outcome: str = Field(description="liquidated_at, or why there is no price")
    price: float | None
    distance_pct: float | None = Field(description="From mark, or entry, to that price, %")
    bankruptcy_price: float | None
    maintenance_rate: float | None
    rule: str = Field(description="Whose formula")
