"""The rival's plugin: the same suite in a plain pytest process, with the student's file in that very process."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from autograder.course.manifest import Limits
from autograder.sandbox.student import Student, local
from autograder.sandbox.worker import LocalWorker, Program


def _load(variable: str) -> Student:
    path = Path(os.environ[variable])
    main = os.environ["BENCH_MAIN"]
    return local(LocalWorker(Limits()), Program({main: path.read_text("utf-8")}, main))


@pytest.fixture(scope="session")
def student() -> Student:
    return _load("BENCH_STUDENT")


@pytest.fixture(scope="session")
def reference() -> Student:
    return _load("BENCH_REFERENCE")


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    return np.random.default_rng(abs(hash(request.node.nodeid)) % 2**32)


def pytest_configure(config: pytest.Config) -> None:
    for mark in ("function", "weight", "hint"):
        config.addinivalue_line("markers", f"{mark}(x): as in the course")
