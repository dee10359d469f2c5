"""What a trader's program does with the client that openapi-python-client makes; its one argument is the base URL."""
# ruff: noqa: T201 - what it prints is compared

import sys

from heatmap_client import Client
from heatmap_client.api.cascade import get_cascade
from heatmap_client.api.diff import get_diff
from heatmap_client.api.heatmap import get_heatmap
from heatmap_client.api.liquidation_price import get_liquidation_price
from heatmap_client.api.scan import get_scan
from heatmap_client.api.zones import get_zones
from heatmap_client.models import (
    Cascade,
    Diff,
    GetHeatmapLayer,
    Heatmap,
    LiquidationPrice,
    Problem,
    Scan,
    Side,
    Timeframe,
    Zones,
)


def main(base: str) -> None:
    """Ask for a heatmap, zones, a scan, a diff, a cascade and a price, and read what may be null."""
    client = Client(base_url=base)
    grid = get_heatmap.sync(
        client=client, exchange="sim", symbol="BTC", layers=[GetHeatmapLayer.LONG, GetHeatmapLayer.HEAT], bins=20
    )
    assert isinstance(grid, Heatmap)
    print("heatmap", len(grid.grid.time), len(grid.grid.edges))

    zones = get_zones.sync(client=client, exchange="sim,sim2", timeframes=[Timeframe.H1, Timeframe.H4])
    assert isinstance(zones, Zones)
    print("zones", ",".join(frame.value for frame in zones.timeframes))
    for zone in zones.hot + zones.cold:
        stop = zone.stop.price if zone.stop else None
        since = zone.age.since.isoformat() if zone.age else None
        print("zone", zone.id, stop, since, zone.score_parts.depth_source)

    scan = get_scan.sync(client=client, exchange="sim", symbols=["BTC", "ETH"])
    assert isinstance(scan, Scan)
    for row in scan.symbols:
        print("row", row.symbol, row.long.distance_pct if row.long else None)

    diff = get_diff.sync(client=client, a="sim", b="sim2")
    assert isinstance(diff, Diff)
    print("diff", diff.kind.value)

    cascade = get_cascade.sync(client=client, exchange="sim", move_pct=-3)
    assert isinstance(cascade, Cascade)
    print("cascade", cascade.direction.value)

    price = get_liquidation_price.sync(client=client, exchange="sim", side=Side.LONG, entry=60_000, leverage=10)
    assert isinstance(price, LiquidationPrice)
    print("liquidation-price", price.price)

    refused = get_heatmap.sync(client=client, exchange="nowhere")
    assert isinstance(refused, Problem)
    print("problem", refused.type_)


main(sys.argv[1])
