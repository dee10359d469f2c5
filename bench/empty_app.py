"""An empty Flask application: what the framework and the server cost alone, to measure against."""

from flask import Flask

app = Flask("empty", static_folder=None)


@app.get("/")
def get_root() -> str:
    """Answer next to nothing."""
    return "ok"
