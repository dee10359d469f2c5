"""The contract as a document: the same in YAML and JSON, with parameters in the order of thought."""

from typing import Any

import orjson
import yaml
from flask.testing import FlaskClient

from service.api.edge.contract.published import FIRST_PARAMETERS
from tests.support.contract import CONTRACT


def parts(part: Any) -> list[dict[str, Any]]:
    """Return every object of the contract."""
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else []
    return [*([part] if isinstance(part, dict) else []), *(found for each in inner for found in parts(each))]


def test_both_forms_say_the_same(sim_client: FlaskClient) -> None:
    """To the last value, each under its own content type and ETag."""
    as_yaml, as_json = (sim_client.get(f"/openapi.{form}") for form in ("yaml", "json"))
    assert yaml.safe_load(as_yaml.data) == orjson.loads(as_json.data) == CONTRACT
    assert (as_yaml.content_type, as_json.content_type) == ("application/yaml", "application/json")
    assert as_yaml.headers["ETag"] != as_json.headers["ETag"]
    for form, answer in (("yaml", as_yaml), ("json", as_json)):
        again = sim_client.get(f"/openapi.{form}", headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
        packed = sim_client.get(f"/openapi.{form}", headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert len(packed.data) < len(answer.data) / 5


def test_it_is_written_as_openapi_3_1() -> None:
    """Null is a type, and a bound that is not allowed itself is a number: nothing of 3.0 is left that 3.1 lacks."""
    assert CONTRACT["openapi"] == "3.1.0"
    for part in parts(CONTRACT):
        assert "nullable" not in part
        assert not isinstance(part.get("exclusiveMinimum"), bool)
        assert not isinstance(part.get("exclusiveMaximum"), bool)


def test_parameters_come_in_the_order_of_thought() -> None:
    """Market first, in every operation."""
    for path, operations in CONTRACT["paths"].items():
        names = [parameter["name"] for parameter in operations["get"].get("parameters", [])]
        first = [name for name in FIRST_PARAMETERS if name in names]
        assert names[: len(first)] == first, path
