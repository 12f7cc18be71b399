"""A lane of our grader for all entries."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hostile.graded import HONEST, Grading, NotHere


@pytest.fixture(scope="session")
def grading() -> Iterator[Grading]:
    grading = Grading()
    try:
        grading.grade(HONEST)
    except NotHere:
        pytest.skip("this system allows no namespaces, and nothing hostile is graded without")
    yield grading
    grading.close()
