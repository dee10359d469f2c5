"""What is said of each kind of problem is whole."""

import pytest

from service.api.edge.errors.problem_pages import PAGES, listed


@pytest.mark.parametrize("kind", PAGES)
def test_each_says_what_happened_and_what_to_do(kind: str) -> None:
    """In sentences, and under an error's status."""
    page = PAGES[kind]
    assert 400 <= page.status < 600
    for text in (page.happened, page.advice):
        assert text[:1].isupper() or text.startswith(("/", "`"))
        assert text.endswith(".")
    assert f"/problems/{kind} ({page.status}): {page.title}" in listed()
