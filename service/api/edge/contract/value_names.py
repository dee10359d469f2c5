"""Value names: what each list of allowed values that was published is called, by a place where it stands.

Clients are generated with these names. Were they made anew of where lists stand, a new path could rename the types of
an old one, for which of two lists has the short name hangs on what else there is.
"""

from collections.abc import Mapping
from types import MappingProxyType

# Schema or operation, and its property or parameter; of a list of values the singular.
PUBLISHED: Mapping[str, str] = MappingProxyType(
    {
        "Diff.alignment": "Alignment",
        "Approach.state": "ApproachState",
        "CascadeAssumptions.state": "CascadeAssumptionsState",
        "Zone.colour": "Colour",
        "Comparison.reading": "ComparisonReading",
        "Touch.confirmation": "Confirmation",
        "ScoreParts.depth_source": "DepthSource",
        "Diff.kind": "DiffKind",
        "Cascade.direction": "Direction",
        "getHeatmap.encoding": "Encoding",
        "CascadeAssumptions.executed_source": "ExecutedSource",
        "getCoinglassAggregatedHeatmapModel1.range": "GetCoinglassAggregatedHeatmapModel1Range",
        "getCoinglassAggregatedMap.range": "GetCoinglassAggregatedMapRange",
        "getCoinglassHeatmapModel1.exchange": "GetCoinglassHeatmapModel1Exchange",
        "getCoinglassMaxPain.range": "GetCoinglassMaxPainRange",
        "getHeatmap.layer": "GetHeatmapLayer",
        "getHeatmapPng.layer": "GetHeatmapPngLayer",
        "getScan.rank_by": "GetScanRankBy",
        "getZones.rank_by": "GetZonesRankBy",
        "Health.state": "HealthState",
        "Gain.judgement": "Judgement",
        "Level.kind": "LevelKind",
        "LiquidationPrice.outcome": "LiquidationPriceOutcome",
        "getLiquidationPrice.margin_mode": "MarginMode",
        "Comparison.metric": "Metric",
        "getHeatmapPng.palette": "Palette",
        "Cascade.price_source": "PriceSource",
        "QualityPart.name": "QualityPartName",
        "getLiquidationPrice.rule": "Rule",
        "ConsensusZone.side": "Side",
        "Source.state": "SourceState",
        "getHeatmapPng.theme": "Theme",
        "SweptMoves.third": "Third",
        "LiquidationPrice.tier_counted_in": "TierCountedIn",
        "Scan.timeframe": "Timeframe",
        "BaseRate.told_by": "ToldBy",
        "Touch.outcome": "TouchOutcome",
        "EndedZone.why": "Why",
        "Zone.kind": "ZoneKind",
    }
)
