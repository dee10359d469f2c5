"""gunicorn's logger hands its lines on, at the level and in the form that the environment asks for."""

import logging

import gunicorn.config
import pytest

from service.ops.gunicorn_log import GunicornLog


@pytest.mark.parametrize(("level", "heard"), [("info", True), ("error", False)])
def test_its_lines_are_handed_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, level: str, heard: bool
) -> None:
    """No handler of its own is left, and what is below the level is not said."""
    monkeypatch.setenv("LH_LOG_LEVEL", level)
    root, theirs = logging.getLogger(), logging.getLogger("gunicorn.error")
    handlers, before = root.handlers[:], root.level
    try:
        log = GunicornLog(gunicorn.config.Config())
        log.info("Booting worker with pid: %s", 17)
        assert theirs.handlers == []
        assert theirs.propagate
        assert ("Booting worker with pid: 17" in caplog.messages) is heard
    finally:
        root.handlers[:] = handlers
        root.setLevel(before)
        theirs.setLevel(logging.NOTSET)
