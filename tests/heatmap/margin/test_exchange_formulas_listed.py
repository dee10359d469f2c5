"""docs/exchanges.md lists every rule with the text that it follows, as the table of rules has them."""

from datetime import UTC, datetime
from pathlib import Path

from service.heatmap.margin import RULES, Rule

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "exchanges.md").read_text()


def in_force(rule: Rule) -> str:
    """Return when a rule holds, as the page says it."""
    for word, moment in (("since", rule.since), ("until", rule.until)):
        if moment is not None:
            return f"{word} {datetime.fromtimestamp(moment / 1000, UTC):%Y-%m-%d}"
    return "now"


def test_every_rule_has_a_true_row() -> None:
    """Its id, when it holds, the date of its text and its address; none is left out, and none is made up."""
    lines = PAGE.partition("| rule | in force | dated | text |\n")[2].partition("\n\n")[0].splitlines()[1:]
    rows = {
        cells[0]: cells[1:] for cells in ([cell.strip() for cell in line.strip("|").split(" | ")] for line in lines)
    }
    exchanges = {rule.id: rule for rule in RULES.values() if not rule.id.startswith("generic")}
    assert list(rows) == list(exchanges)
    for name, rule in exchanges.items():
        assert rows[name] == [in_force(rule), rule.text.dated or "not stated", f"<{rule.text.address}>"]
