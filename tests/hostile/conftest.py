"""A lane of our grader for all entries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile.graded import HONEST, Grading, NotHere
from tests.kernel import needs_namespaces

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Neither an attack nor its control runs without namespaces around it."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(needs_namespaces)


@pytest.fixture(scope="session")
def grading() -> Iterator[Grading]:
    grading = Grading()
    try:
        grading.grade(HONEST)
    except NotHere:
        pytest.skip("this system allows no namespaces, and nothing hostile is graded without")
    yield grading
    grading.close()
