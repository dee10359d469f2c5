"""Settings: the environment, read once into a frozen dataclass; every name starts with LH_."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from urllib.parse import urlsplit

from environs import Env, EnvError, validate

from service.market.adapter import Egress, checked_base_url, checked_ca_file, checked_proxy
from service.market.feed import LIMITS
from service.market.fleet import checked_cache_url
from service.market.sim import SIMULATED
from service.market.venues import VENUE_IDS
from service.ops.logs import FORMATS, LEVELS

EXCHANGES = (*SIMULATED, *VENUE_IDS)
# What service.ops.gunicorn reads.
SERVER = (
    "LH_BIND",
    "LH_WORKERS",
    "LH_THREADS",
    "LH_GRACEFUL_TIMEOUT",
    "LH_WORKER_TIMEOUT",
    "LH_KEEPALIVE",
    "LH_MAX_REQUESTS",
    "LH_METRICS_PORT",
    "LH_METRICS_HOST",
)

# A month: no kind of data is right for longer.
MOST_SECONDS = 30 * 86_400


# As browsers send it: scheme, host and port, nothing behind.
_ORIGIN = re.compile(r"[*]|https?://[^/\s,*]+")


_GROUP = re.compile("[A-Za-z0-9_-]{1,40}")
_DIGEST = re.compile("[0-9A-Fa-f]{64}")


class BadSettings(Exception):
    """An environment variable has a value that cannot be used; the message names it."""


@dataclass(frozen=True)
class Settings:
    """How this process serves.

    exchanges         ids served                                          LH_EXCHANGES, comma-separated
    base_urls         where to reach an exchange instead of its own host  LH_BASE_URLS, JSON object by id
    unthrottled       no gaps between calls to the hosts in base_urls     LH_UNTHROTTLED: they are no exchange's own
    egress_proxy      forward proxy to the exchanges, may hold a password LH_EGRESS_PROXY; not for those in base_urls
    ca_file           PEM of the authorities trusted in place of our own  LH_CA_FILE
    cache_url         Valkey that replicas share, may hold a password     LH_CACHE_URL; without it each fetches alone
    exchange_seconds  wall clock of one call, waiting for a turn included LH_EXCHANGE_SECONDS
    answer_bytes      memory for finished answers                         LH_ANSWER_BYTES
    compute_bytes     memory for answers that are being computed          LH_COMPUTE_BYTES, in one process
    load_threads      loads of one exchange that run side by side         LH_LOAD_THREADS, in one process
    soft_seconds      how long exchange=all waits once one has answered   LH_SOFT_SECONDS
    fleet_size        replicas that exchanges know by one address         LH_FLEET_SIZE, which share their limits
    workers           processes of each replica, which share them too     LH_WORKERS
    egress_group      which replicas these are, in the cache they share   LH_EGRESS_GROUP
    threads           request threads; a quarter never waits for exchanges LH_THREADS, of each process
    sim_seed          which simulated world `sim` and `sim2` show         LH_SIM_SEED
    fresh_seconds     how old each kind of data may be as it is           LH_FRESH_SECONDS, JSON object by kind
    stale_seconds     and how old to stand in for newer data              LH_STALE_SECONDS, JSON object by kind
    api_keys          SHA-256 of each key that may ask; none lets all in   LH_API_KEYS, hex, comma-separated
    key_rate          requests a minute of each key; 0 is no limit        LH_KEY_RATE
    address_rate      and of each address that brings no key              LH_ADDRESS_RATE
    trusted_proxies   proxies in front whose X-Forwarded-For counts       LH_TRUSTED_PROXIES
    cors_origins      whose pages may read the answers; * is any          LH_CORS_ORIGINS, comma-separated
    access_log        a line for every request, kept answers too          LH_ACCESS_LOG; false leaves failures alone
    log_level         least level of what is logged                       LH_LOG_LEVEL: debug, info, warning, error
    log_format        a JSON object a line, or text for a terminal        LH_LOG_FORMAT: json, text

    What is not in the representation of a field is a secret.
    """

    exchanges: tuple[str, ...] = EXCHANGES
    base_urls: Mapping[str, str] = field(default_factory=dict)
    unthrottled: bool = False
    egress_proxy: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    cache_url: str | None = field(default=None, repr=False)
    exchange_seconds: float = 10.0
    answer_bytes: int = 64 * 1024 * 1024
    compute_bytes: int = 128 * 1024 * 1024
    load_threads: int = 8
    soft_seconds: float = 2.0
    threads: int = 32
    fleet_size: int = 1
    workers: int = 2
    egress_group: str = "default"
    sim_seed: int = 7
    fresh_seconds: Mapping[str, float] = field(default_factory=dict)
    stale_seconds: Mapping[str, float] = field(default_factory=dict)
    api_keys: tuple[str, ...] = field(default=(), repr=False)
    key_rate: int = 0
    address_rate: int = 0
    trusted_proxies: int = 0
    cors_origins: tuple[str, ...] = ("*",)
    access_log: bool = True
    log_level: str = "info"
    log_format: str = "json"

    @property
    def egress(self) -> Egress:
        """The way to the exchanges' own hosts."""
        return Egress(self.egress_proxy, self.ca_file)


def settings_from_environment() -> Settings:
    """Read the settings; raises BadSettings naming the variable that is wrong, or that is none of ours."""
    _refuse_unknown(os.environ)
    env = Env(prefix="LH_")
    usual = Settings()
    try:
        settings = Settings(
            exchanges=tuple(part.strip() for part in env.list("EXCHANGES", list(usual.exchanges)) if part.strip()),
            base_urls=_base_urls(env),
            unthrottled=env.bool("UNTHROTTLED", usual.unthrottled),
            egress_proxy=_checked(env, "EGRESS_PROXY", checked_proxy),
            ca_file=_checked(env, "CA_FILE", checked_ca_file),
            cache_url=_checked(env, "CACHE_URL", checked_cache_url),
            exchange_seconds=env.float("EXCHANGE_SECONDS", usual.exchange_seconds),
            answer_bytes=env.int("ANSWER_BYTES", usual.answer_bytes),
            compute_bytes=env.int("COMPUTE_BYTES", usual.compute_bytes),
            load_threads=env.int("LOAD_THREADS", usual.load_threads),
            soft_seconds=env.float("SOFT_SECONDS", usual.soft_seconds),
            threads=env.int("THREADS", usual.threads),
            fleet_size=env.int("FLEET_SIZE", usual.fleet_size),
            workers=env.int("WORKERS", usual.workers),
            egress_group=env.str("EGRESS_GROUP", usual.egress_group),
            sim_seed=env.int("SIM_SEED", usual.sim_seed),
            fresh_seconds=_by_kind(env, "FRESH_SECONDS"),
            stale_seconds=_by_kind(env, "STALE_SECONDS"),
            api_keys=tuple(part.strip() for part in env.list("API_KEYS", list(usual.api_keys)) if part.strip()),
            key_rate=env.int("KEY_RATE", usual.key_rate),
            address_rate=env.int("ADDRESS_RATE", usual.address_rate),
            trusted_proxies=env.int("TRUSTED_PROXIES", usual.trusted_proxies),
            cors_origins=tuple(part.strip() for part in env.list("CORS_ORIGINS", list(usual.cors_origins))),
            access_log=env.bool("ACCESS_LOG", usual.access_log),
            log_level=env.str("LOG_LEVEL", usual.log_level, validate=validate.OneOf(LEVELS)),
            log_format=env.str("LOG_FORMAT", usual.log_format, validate=validate.OneOf(FORMATS)),
        )
    except EnvError as error:
        raise BadSettings(str(error)) from error
    _check(settings)
    return settings


def as_told(settings: Settings) -> dict[str, object]:
    """Return the settings as a log may have them: of a secret whether it is set, of a URL its host alone."""
    told: dict[str, object] = {}
    for each in fields(settings):
        value = getattr(settings, each.name)
        told[each.name] = value if each.repr else ("set" if value else "not set")
    return told | {"base_urls": {name: urlsplit(url).hostname for name, url in settings.base_urls.items()}}


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = [*(f"LH_{field.name.upper()}" for field in fields(Settings)), *SERVER]
    for name in sorted(environment):
        if name.startswith("LH_") and name not in known:
            near = get_close_matches(name, known, 1)
            meant = f"; did you mean {near[0]}?" if near else "."
            raise BadSettings(f"{name}: no such setting{meant} There are: {', '.join(known)}")


def _checked(env: Env, name: str, check: Callable[[str], str]) -> str | None:
    text = env.str(name, None)
    try:
        return check(text) if text else None
    except ValueError as error:
        raise BadSettings(f"LH_{name}: {error}") from None


def _base_urls(env: Env) -> dict[str, str]:
    urls = env.json("BASE_URLS", {})
    if not isinstance(urls, dict):
        raise BadSettings("LH_BASE_URLS: not a JSON object of exchange id to URL")
    return {str(exchange): _base_url(exchange, url) for exchange, url in urls.items()}


def _by_kind(env: Env, name: str) -> dict[str, float]:
    limits = env.json(name, {})
    if not isinstance(limits, dict) or not all(_is_limit(*each) for each in limits.items()):
        kinds = ", ".join(LIMITS)
        raise BadSettings(f"LH_{name}: a JSON object of kind to seconds, 0 to {MOST_SECONDS}; kinds are: {kinds}")
    return {str(kind): float(seconds) for kind, seconds in limits.items()}


def _is_limit(kind: object, seconds: object) -> bool:
    number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    return kind in LIMITS and number and 0 <= seconds <= MOST_SECONDS  # type: ignore[operator]  # a number by now


def _base_url(exchange: object, url: object) -> str:
    if exchange not in VENUE_IDS:
        raise BadSettings(f"LH_BASE_URLS: {exchange!r} is none of {', '.join(VENUE_IDS)}")
    try:
        return checked_base_url(url)
    except ValueError as error:
        raise BadSettings(f"LH_BASE_URLS: {exchange}: {error}") from None


def _check(settings: Settings) -> None:
    unknown = sorted(set(settings.exchanges) - set(EXCHANGES))
    if unknown or not settings.exchanges:
        raise BadSettings(f"LH_EXCHANGES: {', '.join(unknown) or 'empty'}; any of {', '.join(EXCHANGES)}")
    if not 0 < settings.exchange_seconds <= 120:  # noqa: PLR2004 - the range that the message states
        raise BadSettings("LH_EXCHANGE_SECONDS: above 0 and at most 120")
    if not 0 < settings.soft_seconds <= 120:  # noqa: PLR2004 - the range that the message states
        raise BadSettings("LH_SOFT_SECONDS: above 0 and at most 120")
    if settings.threads < 1:
        raise BadSettings("LH_THREADS: 1 or more")
    _check_fleet(settings)
    if not 1 <= settings.load_threads <= 256:  # noqa: PLR2004 - the range that the message states
        raise BadSettings("LH_LOAD_THREADS: 1 to 256")
    if settings.compute_bytes < 1:
        raise BadSettings("LH_COMPUTE_BYTES: 1 or more")
    _check_callers(settings)
    wrong = [origin for origin in settings.cors_origins if not _ORIGIN.fullmatch(origin)]
    if wrong or not settings.cors_origins:
        raise BadSettings(f"LH_CORS_ORIGINS: {wrong}: each * or an origin such as https://a.example, with no path")
    if settings.answer_bytes < 0:
        raise BadSettings("LH_ANSWER_BYTES: 0 or more")


def _check_fleet(settings: Settings) -> None:
    if not 1 <= settings.fleet_size <= 1000:  # noqa: PLR2004 - the range that the message states
        raise BadSettings("LH_FLEET_SIZE: 1 to 1000")
    if settings.workers < 1:
        raise BadSettings("LH_WORKERS: 1 or more")
    if not _GROUP.fullmatch(settings.egress_group):
        raise BadSettings("LH_EGRESS_GROUP: letters, digits, - and _, 40 at most")


def _check_callers(settings: Settings) -> None:
    """Refuse what cannot be kept to; a digest that is wrong is named by its place, for it may be a key itself."""
    for place, digest in enumerate(settings.api_keys, 1):
        if not _DIGEST.fullmatch(digest):
            raise BadSettings(f"LH_API_KEYS: number {place} is no SHA-256 in hex; `liquidation-heatmap key` makes one")
    for name in ("key_rate", "address_rate"):
        if not 0 <= getattr(settings, name) <= 1_000_000:  # noqa: PLR2004 - the range that the message states
            raise BadSettings(f"LH_{name.upper()}: 0 to 1000000")
    if not 0 <= settings.trusted_proxies <= 10:  # noqa: PLR2004 - the range that the message states
        raise BadSettings("LH_TRUSTED_PROXIES: 0 to 10")
