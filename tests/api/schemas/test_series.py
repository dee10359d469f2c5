"""Amounts by bar are written short, and what is not known as null."""

import numpy as np
import orjson

from service.api.schemas.series import coin, usd


def test_digits() -> None:
    """Cents of USD, the smallest traded parts of a coin."""
    values = np.array([1 / 3, np.nan, 2e6 + 1 / 3])
    written = [orjson.loads(orjson.dumps(each(values), option=orjson.OPT_SERIALIZE_NUMPY)) for each in (coin, usd)]
    assert written == [[0.33333333, None, 2000000.33333333], [0.33, None, 2000000.33]]
