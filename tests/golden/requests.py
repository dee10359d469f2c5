"""The requests whose answers are kept: every resource with its main options, and how each goes wrong.

A request's name starts with its resource. Look-backs are short and bins few, so that an answer stays small.
"""

MOMENT = "2025-10-08T06:00:00Z"
SMALL = "timeframe=4h&lookback=1d&bins=8&range_pct=20"
OWN_MIX = "mix=1:0.1,5:0.3,10:0.4,25:0.2&churn=0.4&position_notional=250000"
COINGLASS = "/coinglass/api/futures/liquidation"
LONG = "side=long&entry=60000"

# Of the simulated exchanges `sim` and `sim2`.
SIMULATED = {
    "heatmap": f"/v1/heatmap?exchange=sim&{SMALL}&candles=true",
    "heatmap-segments": "/v1/heatmap?exchange=sim&symbol=ETH&lookback=2d&bins=60&encoding=segments",
    "heatmap-several-split": f"/v1/heatmap?exchange=sim,sim2&{SMALL}&split=true&uncertainty=true&candles=true",
    "heatmap-several-segments": "/v1/heatmap?exchange=all&lookback=1d&bins=60&split=true&encoding=segments",
    "heatmap-uncertainty": "/v1/heatmap?exchange=sim&symbol=SOL&lookback=12h&bins=30&uncertainty=true",
    "heatmap-past": f"/v1/heatmap?exchange=sim&symbol=ETHUSDT&as_of={MOMENT}&lookback=12h&bin_size=50"
    "&range_pct=10&mix=degen",
    "heatmap-own-mix": f"/v1/heatmap?exchange=sim2&lookback=12h&bins=40&{OWN_MIX}",
    "heatmap-fitted": "/v1/heatmap?exchange=sim&timeframe=4h&lookback=20d&bins=20&mix=fitted",
    "heatmap-quarters": "/v1/heatmap?exchange=sim&timeframe=15m&lookback=12h&bins=30&range_pct=5&candles=true",
    "heatmap-days": "/v1/heatmap?exchange=sim&timeframe=1d&lookback=30d&bins=30&range_pct=50&mix=conservative",
    "heatmap-thin": "/v1/heatmap?exchange=sim&symbol=THIN/USDT:USDT&lookback=1d&bins=40",
    "heatmap-unknown-symbol": "/v1/heatmap?exchange=sim&symbol=XYZ",
    "heatmap-unknown-exchange": "/v1/heatmap?exchange=nowhere",
    "heatmap-invalid": "/v1/heatmap?exchange=sim&bins=0&lookback=3m&mix=x&split=maybe&as_of=yesterday&colour=red"
    "&timeframe=2h",
    "heatmap-too-many-cells": "/v1/heatmap?exchange=sim&timeframe=5m&lookback=30d&bins=2000",
    "heatmap-future": "/v1/heatmap?exchange=sim&as_of=2099-01-01T00:00:00Z",
    "profile": f"/v1/profile?exchange=sim&{SMALL}",
    "profile-several": "/v1/profile?exchange=sim,sim2&lookback=2d&bins=40&split=true&uncertainty=true",
    "profile-fitted": "/v1/profile?exchange=sim2&timeframe=4h&lookback=20d&bins=30&mix=fitted",
    "profile-past": f"/v1/profile?exchange=sim&symbol=SOL&as_of={MOMENT}&lookback=2d&bin_size=1",
    "zones": "/v1/zones?exchange=sim&lookback=4d&top=3",
    "zones-timeframes": "/v1/zones?exchange=sim&timeframes=15m,1h,4h&lookback=4d&kind=hot&side=short"
    "&within_pct=8&top=6",
    "zones-several": "/v1/zones?exchange=sim,sim2&lookback=3d&split=true&uncertainty=true&top=4&min_share=0.02",
    "zones-cold": f"/v1/zones?exchange=sim&symbol=ETH&as_of={MOMENT}&lookback=3d&kind=cold&side=long",
    "zones-bins": "/v1/zones?exchange=sim&bins=60",
    "probe": "/probe?exchange=sim&lookback=3d",
    "touches": "/v1/touches?exchange=sim&lookback=10d&side=long",
    "touches-several": "/v1/touches?exchange=sim,sim2&symbol=SOL&timeframe=4h&lookback=30d",
    "scan": "/v1/scan?exchange=sim&symbols=BTC,ETH&lookback=2d&top=2",
    "scan-several": f"/v1/scan?exchange=sim,sim2&as_of={MOMENT}&lookback=2d&split=true",
    "scan-unknown-symbol": "/v1/scan?exchange=sim&symbols=BTC,XYZ",
    "diff": f"/v1/diff?a=sim&b=sim2&{SMALL}",
    "diff-relative": "/v1/diff?a=sim&b=sim2&symbol=ETH&lookback=2d&bins=40&alignment=relative",
    "diff-moments": f"/v1/diff?exchange=sim&as_of_a={MOMENT}&as_of_b=2025-10-09T06:00:00Z&lookback=2d&bin_size=1000",
    "diff-assumptions": "/v1/diff?exchange=sim&mix_a=conservative&mix_b=retail&churn_b=0.3&lookback=2d&bins=40",
    "diff-zones": "/v1/diff?a=sim&b=sim2&symbol=SOL&lookback=4d&bins=250",
    "diff-nothing": "/v1/diff?exchange=sim",
    "cascade": "/v1/cascade?exchange=sim&move_pct=-5&lookback=3d&bins=200&samples=20",
    "cascade-buy": "/v1/cascade?exchange=sim2&symbol=ETH&buy_usd=2e8&lookback=3d&samples=20&seed=3"
    "&executed=0.3&refill=0",
    "cascade-two-pushes": "/v1/cascade?exchange=sim&move_pct=-5&sell_usd=1e6",
    "liquidation-price": f"/v1/liquidation-price?exchange=sim&{LONG}&leverage=10",
    "liquidation-price-inverse": "/v1/liquidation-price?rule=bybit-inverse&side=short&entry=60000&size=5000&leverage=20"
    "&maintenance_rate=0.005&taker_fee=0.0006",
    "liquidation-price-cross": f"/v1/liquidation-price?rule=okx&{LONG}&margin=9000&margin_mode=cross&size=2"
    "&other_pnl=-500&other_maintenance=200&mark=59000&maintenance_rate=0.01",
    "liquidation-price-nothing": f"/v1/liquidation-price?{LONG}",
    **{
        f"heatmap-{form}": f"/v1/heatmap.{form}?exchange=sim&timeframe=4h&lookback=1d&bins=8"
        for form in ("csv", "rows", "lwc")
    },
    "open-interest": "/v1/open-interest?exchange=sim,sim2&timeframe=4h&lookback=1d",
    "liquidations": "/v1/liquidations?exchange=sim,sim2&symbol=ETH&lookback=12h",
    **{
        f"coinglass-heatmap-{model}": f"{COINGLASS}/heatmap/{model}?exchange=Sim&symbol=BTCUSDT&range=12h"
        for model in ("model1", "model2", "model3")
    },
    **{
        f"coinglass-aggregated-heatmap-{model}": f"{COINGLASS}/aggregated-heatmap/{model}?symbol=ETH&range=12h"
        for model in ("model1", "model2", "model3")
    },
    "coinglass-map": f"{COINGLASS}/map?exchange=Sim&symbol=BTCUSDT&range=1d",
    "coinglass-aggregated-map": f"{COINGLASS}/aggregated-map?symbol=BTC&range=7d",
    "coinglass-max-pain": f"{COINGLASS}/max-pain?range=12h",
    "coinglass-unknown-symbol": f"{COINGLASS}/map?exchange=Sim&symbol=XYZ&range=1d",
    "coinglass-invalid": f"{COINGLASS}/heatmap/model1?exchange=binance&range=2d&interval=1h",
    "skill": "/v1/skill?exchange=sim&lookback=30d&resamples=50&seed=1",
    "skill-too-short": "/v1/skill?exchange=sim&lookback=12h",
    "markets": "/v1/markets?exchange=sim2",
    "livez": "/livez",
    "readyz": "/readyz",
    "openapi": "/openapi.yaml",
    "docs": "/docs",
    "root": "/",
    "nowhere": "/v1/nope",
}

# Of the eight exchanges as the emulator shows them, each with what it alone can do.
EMULATED = {
    "heatmap-binance": "/v1/heatmap?exchange=binance&lookback=12h&bins=40&candles=true&encoding=segments",
    "heatmap-all": "/v1/heatmap?exchange=all&timeframe=4h&lookback=1d&bins=20&split=true",
    "heatmap-bybit-inverse": "/v1/heatmap?exchange=bybit&symbol=BTC/USD:BTC&lookback=12h&bins=40&candles=true",
    "profile-bitget": "/v1/profile?exchange=bitget&symbol=SOL&lookback=2d&bins=40",
    "profile-kucoin-past": "/v1/profile?exchange=kucoin&symbol=ETH&lookback=2d&bins=40&as_of=1789900000000",
    "profile-htx-fitted": "/v1/profile?exchange=htx&timeframe=4h&lookback=20d&bins=30&mix=fitted",
    "profile-binance-fitted": "/v1/profile?exchange=binance&mix=fitted",
    "zones-hyperliquid": "/v1/zones?exchange=hyperliquid&lookback=3d&top=4",
    "zones-okx-inverse": "/v1/zones?exchange=okx&symbol=BTC/USD:BTC&lookback=3d&kind=hot&top=4",
    "touches-gate": "/v1/touches?exchange=gate&lookback=10d",
    "scan-htx": "/v1/scan?exchange=htx&symbols=BTC,ETH,SOL&lookback=2d",
    "diff-bybit-okx": "/v1/diff?a=bybit&b=okx&lookback=2d&bins=40",
    "cascade-kucoin": "/v1/cascade?exchange=kucoin&move_pct=3&lookback=3d&bins=200&samples=20",
    "liquidation-price-gate": f"/v1/liquidation-price?exchange=gate&symbol=ETH&{LONG}&leverage=25&size=100",
    "open-interest-bybit-inverse": "/v1/open-interest?exchange=bybit&symbol=BTC/USD:BTC&timeframe=4h&lookback=1d",
    "liquidations-several": "/v1/liquidations?exchange=gate,htx,binance&timeframe=4h&lookback=1d",
    "liquidations-binance": "/v1/liquidations?exchange=binance",
    "skill-gate": "/v1/skill?exchange=gate&lookback=30d&resamples=50",
    "skill-bitget": "/v1/skill?exchange=bitget",
    **{
        f"markets-{exchange}": f"/v1/markets?exchange={exchange}"
        for exchange in ("binance", "bitget", "bybit", "gate", "htx", "hyperliquid", "kucoin", "okx")
    },
}

# Of an application of the eight that has fetched nothing yet, while bybit answers every call with this status; of
# several paths in a row the last one's answer counts.
REFUSED: dict[str, tuple[int, tuple[str, ...]]] = {
    "exchanges": (503, ("/v1/exchanges",)),
    "exchanges-tried": (500, ("/v1/heatmap?exchange=bybit,okx&lookback=12h", "/v1/exchanges")),
    "heatmap-refused": (429, ("/v1/heatmap?exchange=bybit",)),
    "heatmap-one-refused": (500, ("/v1/heatmap?exchange=bybit,okx&timeframe=4h&lookback=1d&bins=8",)),
    "scan-refused": (503, ("/v1/scan?exchange=bybit&symbols=BTC,ETH",)),
}

NAMES = (*SIMULATED, *EMULATED, *REFUSED)
