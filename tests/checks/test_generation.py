"""What is drawn depends on the seed and the strategy, and on nothing that this process happens to have loaded."""

from __future__ import annotations

import sys
import types
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers

from autograder.checks import generation


def shown(seed: int, wanted: int) -> list[object]:
    found: list[object] = []

    def accept(value: list[int]) -> bool:
        found.append(value)
        return sum(value) > wanted

    strategy = st.lists(st.integers(0, 10**9), max_size=6)
    generation.search(strategy, seed, 40, accept, shrink=True)
    return found


def test_the_same_seed_shows_the_same() -> None:
    assert shown(1, 10_000) == shown(1, 10_000)
    assert shown(1, 10_000) != shown(2, 10_000)


def test_constants_of_loaded_modules_are_not_among_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [shown(seed, 10_000) for seed in range(20)]
    path = tmp_path / "suite_with_constants.py"
    path.write_text("\n".join(f"NUMBER_{n} = {777_000_000 + n}" for n in range(200)), encoding="utf-8")
    module = types.ModuleType("suite_with_constants")
    module.__file__ = str(path)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    # The original reads that module, or this test could not fail.
    read: list[str] = []
    original = providers.constants_from_module
    monkeypatch.setattr(
        providers, "constants_from_module", lambda one: (read.append(one.__name__), original(one))[1]
    )
    monkeypatch.setattr(providers, "is_local_module_file", lambda name: "suite_with" in name)
    assert [shown(seed, 10_000) for seed in range(20)] == before
    assert not read
    assert len(providers._get_local_constants()) >= 200
    assert read == [module.__name__]


def test_hypothesis_is_left_as_it_was() -> None:
    names = ("_get_local_constants", "CONSTANTS_CACHE")
    before = [getattr(providers, name) for name in names]
    shown(1, 10)
    with pytest.raises(ZeroDivisionError):
        generation.search(st.integers(0, 5), 1, 10, lambda value: value < 1 // 0)
    assert [getattr(providers, name) for name in names] == before


def test_another_hypothesis_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "Constants", None)
    assert generation._insides() == {}
