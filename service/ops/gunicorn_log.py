"""gunicorn's log in the form of ours: what it says of workers and connections stands among the lines of requests."""

import os
from typing import Any

from gunicorn.glogging import Logger

from service.ops.logs import set_up

LEVEL, FORMAT = "LH_LOG_LEVEL", "LH_LOG_FORMAT"
USUAL_LEVEL, USUAL_FORMAT = "info", "json"


class GunicornLog(Logger):  # type: ignore[misc]  # gunicorn publishes no types
    """gunicorn makes it first of all; service.ops.gunicorn has checked the two variables by then."""

    def setup(self, cfg: Any) -> None:  # noqa: ANN401 - gunicorn publishes no types
        """Hand gunicorn's lines to the handler of all others."""
        super().setup(cfg)
        level = os.environ.get(LEVEL, USUAL_LEVEL)
        set_up(level, os.environ.get(FORMAT, USUAL_FORMAT))
        self.error_log.handlers.clear()
        self.error_log.setLevel(level.upper())
        self.error_log.propagate = True
