"""The ETag of an answer: a digest of what went in and of the model that reads it."""

from service import __version__
from service.analysis.digest import digest_of
from service.heatmap import MODEL_VERSION
from service.heatmap.base import MODEL_DIGEST


def etag_of(*parts: object) -> str:
    """Return an ETag of the parts and of the release that made the answer, since a new one may answer otherwise.

    Weak, as age_seconds in the body may differ between equal answers.
    """
    return f'W/"{digest_of(__version__, MODEL_VERSION, MODEL_DIGEST, *parts)}"'
