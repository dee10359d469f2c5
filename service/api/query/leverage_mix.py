"""The leverage mix in a query: a preset, or leverages with weights."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from marshmallow import ValidationError, fields

from service.heatmap import BadInput, parse_mix
from service.heatmap.inventory import FITTED, HIGHEST, LOWEST, PRESETS

_MIX_LENGTH = 400
_PAIR = "[0-9]+([.][0-9]*)?:[0-9]+([.][0-9]*)?([eE]-?[0-9]{1,2})?"
MIX_PATTERN = f"^({'|'.join((*PRESETS, FITTED))}|{_PAIR}(,{_PAIR})*)$"


class LeverageMix(fields.String):
    """A preset's name or leverage:weight,...; loads as a Mix."""

    def __init__(self, *, metadata: Mapping[str, Any] | None = None, **kwargs: Any) -> None:  # noqa: ANN401 - marshmallow's
        """Say in the contract what a mix looks like."""
        shape = {"pattern": MIX_PATTERN, "maxLength": _MIX_LENGTH}
        super().__init__(metadata=shape | dict(metadata or {}), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - marshmallow's signature
        text = super()._deserialize(value, attr, data, **kwargs)
        if text == FITTED:
            return replace(parse_mix("default"), name=FITTED)
        if len(text) > _MIX_LENGTH:
            raise ValidationError(f"Must be at most {_MIX_LENGTH} characters.")
        try:
            with np.errstate(over="ignore"):
                mix = parse_mix(text)
        except BadInput as error:
            raise ValidationError(f"{error.message[:1].upper()}{error.message[1:]}.") from None
        if not re.fullmatch(MIX_PATTERN, text):
            raise ValidationError("Must be a preset or plain leverage:weight,..., such as 5:0.3,10:0.7.")
        if not mix.weights.sum() > 0.0:
            raise ValidationError(f"Must hold leverage above 1: any of {LOWEST:g} to {HIGHEST:g}. 1 is unlevered.")
        return mix
