"""The application: wires, nothing else."""

import logging
import platform
import time
from collections.abc import Callable, Mapping
from random import SystemRandom
from secrets import token_bytes
from typing import TYPE_CHECKING
from uuid import uuid4

from flask import Flask
from threadpoolctl import threadpool_limits
from werkzeug.middleware.proxy_fix import ProxyFix

from service import __version__
from service.analysis.concurrency.admission import Admission
from service.analysis.concurrency.bulkheads import Bulkheads
from service.analysis.concurrency.parallel import Patience
from service.analysis.concurrency.seats import Seats
from service.analysis.markets.many_symbols import MOST_LOADS
from service.analysis.services import Services
from service.api.coinglass import routes as coinglass
from service.api.coinglass.errors import CoinglassErrors
from service.api.edge import observed
from service.api.edge.contract import openapi
from service.api.edge.contract.published import contract_of
from service.api.edge.cors import Cors
from service.api.edge.errors import problems, server_errors
from service.api.edge.kept_answers.answered_first import AnsweredFirst
from service.api.edge.kept_answers.answers import Answers
from service.api.edge.observed import Observed, Witness
from service.api.edge.refusals.callers import Callers
from service.api.edge.refusals.gate import Gate
from service.api.edge.refusals.places import Places
from service.api.edge.refusals.rate_limit import RateLimit
from service.api.edge.refusals.request_shape import well_shaped
from service.api.resources import (
    cascade,
    diff,
    docs,
    exchanges,
    heatmap,
    heatmap_formats,
    liquidation_price,
    liquidations,
    markets,
    open_interest,
    pictures,
    probes,
    problem_pages,
    profile,
    scan,
    skill,
    touches,
    viewer,
    zone_probe,
    zones,
)
from service.cache import TimedCache
from service.clocks import SteadyClock, seconds_since_boot
from service.heatmap import MODEL_VERSION
from service.market.contract import Exchange, Sharing
from service.market.feed import MarketFeed, NamedCalls, limits_with
from service.market.fleet import EgressGroup, Fleet, SharedExchange, SharedListings, ValkeyStore
from service.market.sim import SIMULATED
from service.market.venues import build_venue
from service.ops.api_keys import ApiKeys
from service.ops.instruments import NO_INSTRUMENTS, Instruments
from service.ops.logs import LEVELS, Lines, request_lines, set_up
from service.ops.metrics_directory import UnsafeDirectory
from service.ops.prometheus import instruments_from_environment
from service.settings import BadSettings, Settings, as_told, settings_from_environment

log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Clock = Callable[[], float]

# A caller waits this many times exchange_seconds for a load that another began, which may page through several calls.
JOINED_TIMES = 3
# Loads of one exchange that may wait for a thread: twice what the largest scan asks for.
LOADS_WAITING = 2 * MOST_LOADS
# Threads of one exchange that fetch behind the callers what is no longer fresh: its client takes one call at a time.
REFRESH_THREADS = 2
# A fit holds for the bars it was made of; an hour is longer than anyone keeps asking for the same.
FITS_KEPT, FIT_SECONDS = 64, 3600.0
# What a request is given beyond the loading of its markets.
COMPUTE_SECONDS = 5.0
# A thousand positions with every field take a sixth of this.
MOST_BODY_BYTES = 2 * 1024**2


def create_app(
    settings: Settings,
    *,
    exchanges: Mapping[str, Exchange] | None = None,
    clock: Clock | None = None,
    monotonic: Clock | None = None,
    jitter: Callable[[], float] | None = None,
    instruments: Instruments = NO_INSTRUMENTS,
    lines: Lines | None = None,
) -> Flask:
    """Build the application; what is given takes the place of the real thing.

    `clock` returns epoch seconds, and its steps are not followed, see SteadyClock; `monotonic` returns the seconds that
    ages, rests and deadlines are measured in, those of `clock` where it alone is given; `jitter` returns 0..1 by
    chance, in no two processes alike, for waits that began together and must not end together. `instruments` are
    told what happens, and `lines` takes one for each request.
    """
    # A product of matrices that several threads share has other last digits for another number of processors, and the
    # threads of many requests wait for each other.
    threadpool_limits(1, "blas")
    monotonic = monotonic or clock or seconds_since_boot
    clock = SteadyClock(clock or time.time, monotonic)
    store = store_of(settings, instruments)
    built = exchanges
    if built is None:
        built = build_exchanges(settings, clock, instruments, sharing_of(settings, store))
    if store is not None:
        built = shared(built, settings, clock, store)
    ends = {name: each.fresh_until for name, each in built.items() if isinstance(each, SharedExchange)}
    served = {name: NamedCalls(exchange) for name, exchange in built.items()}
    services = Services(
        _feed(settings, served, clock, monotonic, jitter or SystemRandom().random, instruments, ends),
        clock,
        Bulkheads(served, settings.load_threads, LOADS_WAITING, instruments),
        Patience(settings.exchange_seconds * 1.5, Seats(settings.threads, time.monotonic), settings.soft_seconds),
        TimedCache(FITS_KEPT, FIT_SECONDS, monotonic),
        Admission(settings.exchange_seconds * 1.5 + COMPUTE_SECONDS, most_bytes=settings.compute_bytes, now=monotonic),
    )
    answers = Answers(settings.answer_bytes, monotonic, instruments)
    app = Flask("service", static_folder=None)
    app.url_map.strict_slashes = False
    # Or OPTIONS would be answered in HTML, and outside the contract.
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.config["MAX_CONTENT_LENGTH"] = MOST_BODY_BYTES
    observed.register(app)
    problems.register(app)
    server_errors.register(app)
    _register(app, services, answers)
    gated = Gate(
        AnsweredFirst(app.wsgi_app, answers, Places(settings.threads), services.work),
        [well_shaped, callers_of(settings, monotonic)],
    )
    told = CoinglassErrors(gated)
    readable = Cors(behind_proxies(told, settings.trusted_proxies), settings.cors_origins)
    app.wsgi_app = Observed(readable, Witness(instruments, lines, lambda: token_bytes(8).hex()))  # type: ignore[method-assign]  # Flask's own way to wrap it
    return app


def callers_of(settings: Settings, monotonic: Clock) -> Callers:
    """Return who may ask and how often, as the settings have it."""
    salt = token_bytes(16)
    limits = {"key": settings.key_rate, "address": settings.address_rate}
    by = {name: RateLimit(name, rate, salt, monotonic) if rate else None for name, rate in limits.items()}
    return Callers(ApiKeys(settings.api_keys), by["key"], by["address"])


def behind_proxies(app: "WSGIApplication", proxies: int) -> "WSGIApplication":
    """Return the application as it stands behind so many proxies: what these add of the caller's address is believed.

    What the caller writes itself stands to the left of that, and counts for nothing.
    """
    return ProxyFix(app, x_for=proxies, x_proto=0) if proxies else app


def _feed(
    settings: Settings,
    served: Mapping[str, Exchange],
    clock: Clock,
    monotonic: Clock,
    jitter: Callable[[], float],
    instruments: Instruments,
    ends: Mapping[str, Callable[[], float | None]],
) -> MarketFeed:
    return MarketFeed(
        served,
        clock,
        JOINED_TIMES * settings.exchange_seconds,
        monotonic=monotonic,
        jitter=jitter,
        limits=limits_with(settings.fresh_seconds, settings.stale_seconds),
        behind=Bulkheads(served, REFRESH_THREADS, LOADS_WAITING).submit,
        ends=ends,
        instruments=instruments,
    )


def create_app_from_environment() -> Flask:
    """Build the application that gunicorn serves; a setting that cannot be used ends it with one sentence."""
    try:
        settings = settings_from_environment()
        set_up(settings.log_level, settings.log_format)
        build = {"version": __version__, "model_version": MODEL_VERSION, "python": platform.python_version()}
        log.info("starting", extra=build | as_told(settings))
        level = settings.log_level if settings.access_log else max(settings.log_level, "warning", key=LEVELS.index)
        lines = request_lines(level, settings.log_format)
        return create_app(settings, instruments=instruments_from_environment(build), lines=lines)
    except (BadSettings, UnsafeDirectory) as error:
        raise SystemExit(str(error)) from None


def store_of(settings: Settings, instruments: Instruments) -> ValkeyStore | None:
    """Return the cache that replicas share, None where they have none; no connection is opened yet."""
    url = settings.cache_url
    return None if url is None else ValkeyStore(url, time.monotonic, instruments=instruments)


def sharing_of(settings: Settings, store: ValkeyStore | None) -> Sharing:
    """Return what is known of the address that exchanges see, and the part of it that is one process's."""
    part = 1.0 / (settings.fleet_size * settings.workers)
    if store is None:
        return Sharing(None, part)
    kept = 2.0 * limits_with(settings.fresh_seconds, settings.stale_seconds)["markets"].fresh
    group = EgressGroup(settings.egress_group, store, new_name, settings.exchange_seconds)
    return Sharing(group, part, SharedListings(store, kept))


def new_name() -> str:
    """Return a name that nothing else has."""
    return uuid4().hex


def shared(
    exchanges: Mapping[str, Exchange], settings: Settings, clock: Clock, store: ValkeyStore
) -> Mapping[str, Exchange]:
    """Return the exchanges as replicas share them; what is simulated is the same everywhere."""
    limits = limits_with(settings.fresh_seconds, settings.stale_seconds)
    fresh = {kind: limit.fresh for kind, limit in limits.items()}
    fleet = Fleet(store, clock, time.sleep, new_name, JOINED_TIMES * settings.exchange_seconds)
    return {
        name: exchange if exchange.simulated else SharedExchange(exchange, fleet, fresh)
        for name, exchange in exchanges.items()
    }


def build_exchanges(
    settings: Settings, clock: Clock, instruments: Instruments = NO_INSTRUMENTS, sharing: Sharing | None = None
) -> dict[str, Exchange]:
    """Return the exchanges that the settings name; nothing is fetched yet."""
    return {
        exchange: SIMULATED[exchange](clock=clock, seed=settings.sim_seed)
        if exchange in SIMULATED
        else build_venue(
            exchange,
            settings.base_urls.get(exchange),
            settings.exchange_seconds,
            clock,
            throttle=not (settings.unthrottled and exchange in settings.base_urls),
            egress=settings.egress,
            instruments=instruments,
            sharing=sharing,
        )
        for exchange in settings.exchanges
    }


def _register(app: Flask, services: Services, answers: Answers) -> None:
    api = openapi.configure(app)
    api.register_blueprint(exchanges.blueprint(services))
    for resource in (
        markets,
        heatmap,
        heatmap_formats,
        profile,
        zones,
        zone_probe,
        touches,
        scan,
        diff,
        cascade,
        liquidation_price,
        open_interest,
        liquidations,
        skill,
        pictures,
        coinglass,
    ):
        api.register_blueprint(resource.blueprint(services, answers))
    api.register_blueprint(probes.blueprint())
    app.register_blueprint(viewer.blueprint())
    app.register_blueprint(problem_pages.blueprint())
    app.register_blueprint(docs.blueprint(lambda: contract_of(api)))
