"""A worker that gives nobody time, for tests of what happens then."""

from service.api.edge.errors.server_errors import ProblemWorker
from service.ops import buffered_worker

SEND_SECONDS = 1.0


class HastyWorker(ProblemWorker):
    """As the server's, but for its patience."""

    def init_process(self) -> None:
        """Take the time away in this process alone."""
        buffered_worker.ARRIVE_SECONDS = 0.5
        buffered_worker.SEND_SECONDS = SEND_SECONDS
        super().init_process()
