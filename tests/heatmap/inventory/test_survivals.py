import numpy as np

from service.heatmap.inventory.closing import faster_near, survival_by_band
from service.heatmap.inventory.flows import flows_of
from service.heatmap.inventory.survivals import Survivals
from tests.support.kernel_market import random_bars

NEAR = faster_near(0.1, 0.005)


def test_what_was_worked_out_is_found_again() -> None:
    """Flows, churn and closing together decide; a change of any one is another share."""
    flow, other = (flows_of(random_bars(seed, 30)) for seed in (1, 2))
    known = Survivals()
    first = known.of(flow, [1.5, 0.04], [None, NEAR])
    assert known.of(flow, (1.5, 0.04), (None, NEAR)) is first
    given = [(flow, [1.5, 0.04], [None, NEAR]), (flow, [1.5, 0.08], [None, NEAR]), (other, [1.5, 0.04], [None, NEAR])]
    given.append((flow, [1.5, 0.04], [NEAR, None]))
    for asked, churns, closings in given:
        wanted = survival_by_band([asked.survival(churn) for churn in churns], closings)
        assert np.array_equal(known.of(asked, churns, closings), wanted)
    assert len(known.found) == len(given)
