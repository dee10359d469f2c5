"""The texts that the liquidation rules follow: a rule for each, with its address, its date and what it leaves open."""

from dataclasses import replace

from service.heatmap.margin.rules import Rule, Text, inverse_of

_AT_MARK = "P = (E - s (margin + A) / q) / (1 - s m)"
_AT_MARK_WITH_FEE = "P = (E - s (margin + A) / q) / (1 - s (m + f))"
_WHOLE_WITH_FEE = "P = (E - s margin / q) / (1 - s (m + f)), m the rate of the position's tier"
_AT_ENTRY = "P = E - s (margin - MM) / q, MM = m q E - A"
_INVERSE_AT_MARK = "P = q (1 + s m) / (q / E + s (margin + A))"
_INVERSE_WITH_FEE = "P = q (1 + s (m + f)) / (q / E + s (margin + A))"
_INVERSE_AT_ENTRY = "1 / P = 1 / E + s (margin - MM) / q, MM = m q / E - A"

# Epoch ms. Of gate and bybit the texts name the day alone.
KUCOIN_SINCE = 1_747_886_400_000  # 2025-05-22T04:00Z
GATE_SINCE = 1_753_747_200_000  # 2025-07-29
BYBIT_SINCE = 1_756_771_200_000  # 2025-09-02
BITGET_SINCE = 1_762_761_600_000  # 2025-11-10T08:00Z

_BINANCE = "https://www.binance.com/en/support/faq/"
_BYBIT = "https://www.bybit.com/en/help-center/article/"
_KUCOIN = "https://www.kucoin.com/support/"
_BITGET = "https://www.bitget.com/support/articles/"
_GATE = "https://www.gate.com/help/futures/futures-logic/"
_HTX = "https://www.htx.com/support/"

_GENERIC = Rule(
    id="generic",
    valued_at="mark",
    closing_fee=False,
    formula="P = (margin - TMM + UPNL + A - s q E) / (q m - s q)",
    source="equity = maintenance, m q P - A, at the liquidation price; no exchange's own",
    text=Text(""),
)
_BINANCE_RULE = Rule(
    id="binance",
    valued_at="mark",
    closing_fee=False,
    formula="P = (WB - TMM + UPNL + A - s q E) / (q m - s q); in hedge mode each sum is over both legs",
    source="Binance futures FAQ: how to calculate the liquidation price of USD-M contracts",
    text=Text(f"{_BINANCE}b3c689c1f50a44cabb3a84e663b81d93", "2020-08-14"),
    hedged=True,
)
_HYPERLIQUID = Rule(
    id="hyperliquid",
    valued_at="mark",
    closing_fee=False,
    formula="P = E - s (available / q) / (1 - l s), available = margin - l q E + A, l = 1 / (2 max leverage)",
    source="Hyperliquid documentation: liquidations; margin tiers",
    text=Text("https://hyperliquid.gitbook.io/hyperliquid-docs/trading/margin-tiers"),
)
_OKX = Rule(
    id="okx",
    valued_at="mark",
    closing_fee=True,
    progressive=False,
    formula=_WHOLE_WITH_FEE,
    source="OKX help: tiered maintenance margin ratio rules (contracts decide the tier, its rate holds for all)",
    text=Text("https://www.okx.com/help/v-tiered-maintenance-margin-ratio-rules", "2025-05-16"),
)
_GATE_RULE = Rule(
    id="gate",
    valued_at="mark",
    closing_fee=True,
    formula=_AT_MARK_WITH_FEE,
    source="Gate help: liquidation price; risk limit, whose rates hold for the part inside each tier since 2025-07-29",
    text=Text(f"{_GATE}22162", "2025-09-30"),
    since=GATE_SINCE,
)
_GATE_BEFORE = replace(
    _GATE_RULE,
    id="gate-until-2025-07-29",
    progressive=False,
    formula=_WHOLE_WITH_FEE,
    source="Gate help: liquidation price and bankruptcy price; one rate for the whole position until 2025-07-29",
    text=Text("https://www.gate.com/help/futures/perpetual/22160/calculation-of-liquidation-price"),
    since=None,
    until=GATE_SINCE,
)
_BYBIT_RULE = Rule(
    id="bybit",
    valued_at="mark",
    closing_fee=False,
    fee_on_extra=True,
    cross=False,
    formula="P = (E (1 - s / L) - s (X / (1 - s f) + A) / q) / (1 - s m), X margin added beyond q E / L",
    source="Bybit help: the new margin calculation (the closing fee is in both and cancels, but for added margin)",
    text=Text(f"{_BYBIT}Understanding-the-Adjustment-and-Impact-of-the-New-Margin-Calculation", "2025-09-18"),
    since=BYBIT_SINCE,
)
_BYBIT_BEFORE = replace(
    _BYBIT_RULE,
    id="bybit-until-2025-09-02",
    valued_at="entry",
    fee_on_extra=False,
    formula=_AT_ENTRY,
    source="Bybit help: liquidation price, isolated mode (maintenance at the entry price, until 2025-09-02)",
    text=Text(f"{_BYBIT}Liquidation-Price-Calculation-under-Isolated-Mode-Unified-Trading-Account", "2024-09-10"),
    since=None,
    until=BYBIT_SINCE,
)
_KUCOIN_RULE = Rule(
    id="kucoin",
    valued_at="mark",
    closing_fee=True,
    progressive=False,
    cross=False,
    formula=_WHOLE_WITH_FEE,
    source="KuCoin help: how to calculate the futures liquidation price, f the liquidation fee rate",
    text=Text(f"{_KUCOIN}26694703491737", "2025-05-22"),
    since=KUCOIN_SINCE,
    unconfirmed="The text names no figure for the liquidation fee rate: the taker fee stands for it.",
)
_KUCOIN_BEFORE = replace(
    _KUCOIN_RULE,
    id="kucoin-until-2025-05-22",
    valued_at="entry",
    closing_fee=False,
    formula="P = E - s (margin - MM) / q, MM = m q E",
    source="KuCoin help: how to calculate the liquidation price of KuCoin contracts (until 2025-05-22)",
    text=Text(f"{_KUCOIN}4408061803033"),
    since=None,
    until=KUCOIN_SINCE,
    unconfirmed="",
)
_HTX_RULE = Rule(
    id="htx",
    valued_at="mark",
    closing_fee=False,
    progressive=False,
    cross=False,
    formula="P = (E - s margin / q) / (1 - s m), m = adjustment factor of the ladder of leverage L / L",
    source="HTX help: tiered adjustment factor; partial liquidation (margin ratio = equity / used margin - factor)",
    text=Text(f"{_HTX}900001326606"),
    unconfirmed="HTX values the used margin at the latest price in its text on coin-margined swaps; the text on "
    "USDT-margined ones names no price. A migration of accounts to new margin rules began on 2026-04-07.",
)
_BITGET_RULE = Rule(
    id="bitget",
    valued_at="mark",
    closing_fee=True,
    formula=_AT_MARK_WITH_FEE,
    source="Bitget help: estimated liquidation price; maintenance in tiers for positions opened since 2025-11-10",
    text=Text(f"{_BITGET}12560603841952", "2025-11-10"),
    since=BITGET_SINCE,
)
_BITGET_BEFORE = replace(
    _BITGET_RULE,
    id="bitget-until-2025-11-10",
    progressive=False,
    formula=_WHOLE_WITH_FEE,
    source="Bitget help: estimated liquidation price, one rate for the whole of positions opened before 2025-11-10",
    text=Text(f"{_BITGET}12560603808759", "2025-09-18"),
    since=None,
    until=BITGET_SINCE,
)
_PHEMEX = Rule(
    id="phemex",
    valued_at="mark",
    closing_fee=True,
    reserved_fee=True,
    cross=False,
    formula="P = (E - s (margin + A) / q) / (1 - s (m + f)), margin = q E / L + f q B",
    source="Phemex help: liquidation price of USDT-M contracts",
    text=Text("https://phemex.com/help-center/liq-price-for-USDTM"),
)

_CARRIED_OVER = "No text on coin-margined contracts was found: the linear rule is carried over to coin margin."
_BYBIT_INVERSE_TEXT = Text(_BYBIT_BEFORE.text.address, "2026-05-27")


def _carried_over(rule: Rule) -> Rule:
    """Return the coin-margined twin of a rule for which no text was found."""
    formula = {
        (True, "mark"): _INVERSE_WITH_FEE,
        (False, "mark"): _INVERSE_AT_MARK,
        (False, "entry"): _INVERSE_AT_ENTRY,
    }[rule.closing_fee, rule.valued_at]
    source = f"{rule.source}; carried over to coin margin, size in USD"
    return inverse_of(rule, formula, source, rule.text, "" if rule.id == "generic" else _CARRIED_OVER)


_INVERSE = (
    inverse_of(
        _BINANCE_RULE,
        "P = q (1 + s m) / (q / E + s (WB - TMM + UPNL + A)); in hedge mode summed over both legs",
        "Binance futures FAQ: how to calculate the liquidation price of COIN-M contracts, amounts in coin",
        Text(f"{_BINANCE}ceccfcfb4e3a45e3b48b0b1bb1a8ae46", "2021-02-05"),
    ),
    inverse_of(
        _OKX,
        "P = q (1 + s (m + f)) / (q / E + s margin), m the rate of the position's tier",
        "OKX help: tiered maintenance margin ratio rules, coin-margined contracts",
        _OKX.text,
    ),
    inverse_of(
        _BYBIT_RULE,
        "P = q (1 + s m) / (q / E + s (q / E / L + X / (1 + s f) + A)), X margin added beyond q / E / L",
        "Bybit help: liquidation price under isolated mode, inverse contracts",
        _BYBIT_INVERSE_TEXT,
    ),
    inverse_of(
        _BYBIT_BEFORE,
        _INVERSE_AT_ENTRY,
        "Bybit help: liquidation price under isolated mode, inverse contracts (until 2025-09-02)",
        _BYBIT_BEFORE.text,
    ),
    inverse_of(
        _HTX_RULE,
        "P = q (1 + s m) / (q / E + s margin), m = adjustment factor of the ladder of leverage L / L",
        "HTX help: partial liquidation of coin-margined swaps; margin of perpetual swaps, at the latest price",
        Text(f"{_HTX}900000106106", "2021-01-25"),
    ),
    inverse_of(
        _KUCOIN_RULE,
        "P = q (1 + s (m + f)) / (q / E + s margin), m the rate of the position's level",
        "KuCoin help: how to calculate the futures liquidation price, coin-margined contracts",
        _KUCOIN_RULE.text,
        _KUCOIN_RULE.unconfirmed,
    ),
    inverse_of(
        _KUCOIN_BEFORE,
        "1 / P = 1 / E + s (margin - MM) / q, MM = m q / E",
        "KuCoin help: how to calculate the liquidation price, coin-margined contracts (until 2025-05-22)",
        _KUCOIN_BEFORE.text,
    ),
)
_LINEAR = (
    _GENERIC,
    _BINANCE_RULE,
    _HYPERLIQUID,
    _OKX,
    _GATE_RULE,
    _GATE_BEFORE,
    _BYBIT_RULE,
    _BYBIT_BEFORE,
    _KUCOIN_RULE,
    _KUCOIN_BEFORE,
    _HTX_RULE,
    _BITGET_RULE,
    _BITGET_BEFORE,
    _PHEMEX,
)


def _with_inverse() -> dict[str, Rule]:
    """Return every rule by id, each followed by its coin-margined twin."""
    own = {rule.id: rule for rule in _INVERSE}
    twins = ((rule, own.get(f"{rule.id}-inverse") or _carried_over(rule)) for rule in _LINEAR)
    return {rule.id: rule for both in twins for rule in both}


RULES: dict[str, Rule] = _with_inverse()


def rule_of(rule: str) -> Rule:
    """Return a rule by id; raise ValueError naming those there are."""
    if rule not in RULES:
        raise ValueError(f"rule must be one of {', '.join(RULES)}, not {rule!r}")
    return RULES[rule]


def rule_in_force(rule: str, moment: int) -> str:
    """Return the id of the rule that was in force at a moment (epoch ms) where `rule` is the one of today.

    A rule that is named for when it ended is itself, whatever the moment. Raises ValueError as `rule_of` does.
    """
    today = rule_of(rule)
    stem, inverse = rule.removesuffix("-inverse"), "-inverse" if today.inverse else ""
    for earlier in RULES.values():
        mine = earlier.id.startswith(f"{stem}-until-") and earlier.inverse == today.inverse
        if mine and earlier.until is not None and moment < earlier.until:
            return f"{earlier.id.removesuffix('-inverse')}{inverse}"
    return rule
