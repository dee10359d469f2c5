import numpy as np
import pytest

from service.heatmap.inventory.confidence import confidence_of, ensemble_agreement
from service.heatmap.inventory.data_quality import DataQuality

QUALITY = DataQuality(0.8, (), ())


def test_data_times_agreement() -> None:
    """The best data with little agreement are as little worth as poor data with much."""
    found = confidence_of(QUALITY, 0.25, "one of four")
    assert (found.value, found.agreement, found.reason) == (0.2, 0.25, "one of four")
    assert confidence_of(QUALITY, 1.0, "").value == QUALITY.value


@pytest.mark.parametrize("agreement", [-0.1, 1.1, float("nan")])
def test_agreement_is_a_share(agreement: float) -> None:
    """Anything else is refused by name."""
    with pytest.raises(ValueError, match="agreement"):
        confidence_of(QUALITY, agreement, "")


def test_ensemble_agreement() -> None:
    """Half of the high map is in the low one: 0.5; two empty maps agree; crossed quantiles are refused."""
    assert ensemble_agreement(np.array([1.0, 0.0]), np.array([1.0, 1.0])) == 0.5
    assert ensemble_agreement(np.zeros(2), np.zeros(2)) == 1.0
    with pytest.raises(ValueError, match="low, high"):
        ensemble_agreement(np.ones(2), np.zeros(2))
