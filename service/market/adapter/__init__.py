"""From ccxt to the contract: calls, pages, checks, errors.

base_url           base URLs that stand in for an exchange's own hosts
client             a ccxt client set up for public data
egress             the way out: a forward proxy, and which authorities are trusted
endings            what a listing says of a market that is no longer traded
exchange_failures  what ccxt and the network raise, made into the contract's errors, with a text and how long to wait
kept_listing       what a client keeps of a listing
limiter            calls keep below what an exchange allows, by what each of them weighs
listing            which of ccxt's markets are served
paging             windows over a time range, and the rows of all of them
plausibility       values that are well formed and cannot be true
repairs            rows put right, or left out one by one
resample           longer bars made of shorter ones
second_try         what failed early and by chance is asked for once more, within a budget
source             the base of every real exchange: units, pages, validation
transport          an HTTP session bounded in time and size
turn_report        what the instruments are told of each request
validation         whether a payload is of the right shape and in range
venue              one venue behind one client: its turns, its listing, its clock
weight_used        how much of its rate limit an exchange says is used
"""

from service.market.adapter.base_url import checked_base_url
from service.market.adapter.egress import DIRECT, Egress, checked_ca_file, checked_proxy
from service.market.adapter.limiter import Allowance
from service.market.adapter.paging import collect, windows
from service.market.adapter.source import DEFAULT_FUNDING_HOURS, CcxtSource, PageSizes
from service.market.adapter.validation import require_amounts, require_holdable

__all__ = [
    "DEFAULT_FUNDING_HOURS",
    "DIRECT",
    "Allowance",
    "CcxtSource",
    "Egress",
    "PageSizes",
    "checked_base_url",
    "checked_ca_file",
    "checked_proxy",
    "collect",
    "require_amounts",
    "require_holdable",
    "windows",
]
