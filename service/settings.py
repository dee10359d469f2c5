"""Settings: the environment, read once into a frozen dataclass; every name starts with LH_."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from environs import Env, EnvError

from service.market import registry, simulated
from service.market.base_url import checked_base_url

EXCHANGES = (*simulated.EXCHANGES, *registry.IDS)


class BadSettings(Exception):
    """An environment variable has a value that cannot be used; the message names it."""


@dataclass(frozen=True)
class Settings:
    """How this process serves.

    exchanges         ids served                                          LH_EXCHANGES, comma-separated
    base_urls         where to reach an exchange instead of its own host  LH_BASE_URLS, JSON object by id
    exchange_seconds  wall clock of one call, waiting for a turn included LH_EXCHANGE_SECONDS
    answer_bytes      memory for finished answers                         LH_ANSWER_BYTES
    load_threads      loads that run side by side in one process          LH_LOAD_THREADS
    sim_seed          which simulated world `sim` and `sim2` show         LH_SIM_SEED
    """

    exchanges: tuple[str, ...] = EXCHANGES
    base_urls: Mapping[str, str] = field(default_factory=dict)
    exchange_seconds: float = 10.0
    answer_bytes: int = 64 * 1024 * 1024
    load_threads: int = 16
    sim_seed: int = 7


def settings_from_environment() -> Settings:
    """Read the settings; raises BadSettings naming the variable that is wrong."""
    env = Env(prefix="LH_")
    usual = Settings()
    try:
        settings = Settings(
            exchanges=tuple(part.strip() for part in env.list("EXCHANGES", list(usual.exchanges)) if part.strip()),
            base_urls=_base_urls(env),
            exchange_seconds=env.float("EXCHANGE_SECONDS", usual.exchange_seconds),
            answer_bytes=env.int("ANSWER_BYTES", usual.answer_bytes),
            load_threads=env.int("LOAD_THREADS", usual.load_threads),
            sim_seed=env.int("SIM_SEED", usual.sim_seed),
        )
    except EnvError as error:
        raise BadSettings(str(error)) from error
    _check(settings)
    return settings


def _base_urls(env: Env) -> dict[str, str]:
    urls = env.json("BASE_URLS", {})
    if not isinstance(urls, dict):
        raise BadSettings("LH_BASE_URLS: not a JSON object of exchange id to URL")
    return {str(exchange): _base_url(exchange, url) for exchange, url in urls.items()}


def _base_url(exchange: object, url: object) -> str:
    if exchange not in registry.IDS:
        raise BadSettings(f"LH_BASE_URLS: {exchange!r} is none of {', '.join(registry.IDS)}")
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
    if not 1 <= settings.load_threads <= 256:  # noqa: PLR2004 - the range that the message states
        raise BadSettings("LH_LOAD_THREADS: 1 to 256")
    if settings.answer_bytes < 0:
        raise BadSettings("LH_ANSWER_BYTES: 0 or more")
