"""Loading: from a request to a market's data on every exchange that it names, side by side, within one deadline."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from service.analysis.concurrency.admission import Admitted
from service.analysis.concurrency.cost import Work, checked_cost
from service.analysis.concurrency.parallel import Key, Loading, SideBySide, begin
from service.analysis.markets.estimate import Estimate, estimate
from service.analysis.markets.group import Group, at_one_close
from service.analysis.markets.price_agreement import agreed
from service.analysis.requests import MarketRequest
from service.analysis.services import Services
from service.heatmap import BadInput
from service.market.contract import UnknownExchange

ALL = "all"


@dataclass(frozen=True)
class Load:
    """A call that loads one market on one exchange, see estimate; equal calls load the same.

    symbol  once more, for requests compare equal whatever their symbol
    """

    services: Services
    request: MarketRequest
    symbol: str
    alone: bool
    context: bool

    def __call__(self) -> Estimate:
        """Load it."""
        return estimate(self.services, self.request, alone=self.alone, context=self.context)


@dataclass(frozen=True, eq=False)
class PendingGroup:
    """A group whose loads are under way."""

    symbol: str
    loading: Loading[Estimate]

    def group(self) -> Group:
        """Wait for it up to its deadline.

        One failing of several is noted; raises MarketError or BadInput when none is left.
        """
        loaded = self.loading.finish()
        if not loaded.results:
            raise loaded.first_error()
        groups, refused = grouped(loaded)
        if refused:
            raise refused[self.symbol]
        return groups[self.symbol]


def begin_group(services: Services, request: MarketRequest, *, context: bool = False) -> PendingGroup:
    """Begin to load a market on every exchange that the request names; raises as exchanges_of does."""
    calls = loads(services, [request], exchanges_of(services, request.exchange), context=context)
    patience = services.patience
    if request.exchange.strip().lower() != ALL:
        # Who names exchanges wants each of them.
        patience = patience.for_each
    return PendingGroup(request.symbol, begin(services.threads, calls, patience))


def load_group(services: Services, request: MarketRequest) -> Group:
    """Load a market on every exchange that the request names; raises as PendingGroup.group does."""
    return begin_group(services, request).group()


def load_groups(services: Services, requests: Sequence[MarketRequest], *, context: bool = False) -> list[Group]:
    """Load what several requests ask for at once, within one deadline; raises as PendingGroup.group does."""
    pending = [begin_group(services, request, context=context) for request in requests]
    return [each.group() for each in pending]


def load_one(services: Services, request: MarketRequest) -> Estimate:
    """Load a market on the one exchange named; raises BadInput if there are several."""
    return load_group(services, replace(request, exchange=the_exchange(services, request.exchange))).reference


def loads(
    services: Services, requests: Sequence[MarketRequest], exchanges: Sequence[str], *, context: bool = False
) -> dict[Key, Callable[[], Estimate]]:
    """Return the calls that load each request's symbol on each exchange; those for the same are equal."""
    alone = len(exchanges) == 1
    return {
        (request.symbol, name): Load(services, replace(request, exchange=name), request.symbol, alone, context)
        for request in requests
        for name in exchanges
    }


def grouped(loaded: SideBySide[Estimate]) -> tuple[dict[str, Group], dict[str, BadInput]]:
    """Return the group of each symbol that at least one exchange gave, and why others cannot be one, by symbol."""
    groups: dict[str, Group] = {}
    refused: dict[str, BadInput] = {}
    for symbol in dict.fromkeys(symbol for symbol, _ in loaded.results):
        whole = at_one_close(
            {name: member for (of, name), member in loaded.results.items() if of == symbol},
            {name: error for (of, name), error in loaded.errors.items() if of == symbol},
        )
        try:
            groups[symbol] = agreed(symbol, whole)
        except BadInput as error:
            refused[symbol] = error
    return groups, refused


def the_exchange(services: Services, text: str) -> str:
    """Return the id of the one exchange named; raises UnknownExchange, or BadInput if there are several."""
    names = exchanges_of(services, text)
    if len(names) > 1:
        raise BadInput("exchange", "Several cannot be taken together here", "one of them")
    return names[0]


def admitted_group(
    services: Services,
    asked: MarketRequest,
    timeframes: Sequence[str] = (),
    *,
    passes: int = 1,
    grids: int = 0,
    read: int = 0,
) -> Admitted:
    """Let in what is made of one market on each exchange asked for, before it loads anything; see Work.

    It is on several timeframes in place of its one where they are given. Raises UnknownExchange, BadInput where it
    takes too much work, Busy where there is no room for it now.
    """
    exchanges = len(exchanges_of(services, asked.exchange))
    work = Work(exchanges=exchanges, markets=exchanges, passes=passes, grids=grids, read=read)
    return services.work.admit(checked_cost(work, asked, timeframes))


def exchanges_of(services: Services, text: str) -> list[str]:
    """Return the ids that `binance,bybit` or `all` stands for; all are the real ones, or the simulated if only these.

    Raises UnknownExchange or BadInput.
    """
    served = services.feed.exchanges
    if text.strip().lower() == ALL:
        real = [name for name, exchange in served.items() if not exchange.simulated]
        return real or list(served)
    names = [name.strip().lower() for name in text.split(",")]
    for name in names:
        if name not in served:
            raise UnknownExchange(name, [*served, ALL])
    if len(set(names)) < len(names):
        raise BadInput("exchange", "One is named twice", "each at most once")
    simulated = [name for name in names if served[name].simulated]
    if 0 < len(simulated) < len(names):
        message = f"{', '.join(simulated)} is simulated: its positions are no part of a real market"
        raise BadInput("exchange", message, "real exchanges alone, or simulated ones")
    return names
