"""Which ids workers take, by the id maps that machines and containers have."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.sandbox.inside.ids import spare_ids
from autograder.sandbox.inside.layers import IDS

WANTED = 2_000_000_064


@pytest.mark.parametrize(
    ("text", "first"),
    [
        pytest.param("         0          0 4294967295\n", WANTED, id="a machine"),
        pytest.param("0 100000 65536\n", 65536 - 600, id="docker with userns-remap"),
        pytest.param("0 1000 1\n1 100000 65536\n", 65537 - 600, id="rootless podman"),
        pytest.param("0 1000 1\n", 0, id="unshare -Ur: an ordinary user in disguise"),
        pytest.param("0 0 1\n", WANTED, id="root alone: changing ids will fail, and level - follows"),
        pytest.param("1000 1000 1\n", 0, id="an ordinary user in a namespace"),
    ],
)
def test_ids_that_are_mapped_here(text: str, first: int, tmp_path: Path) -> None:
    (tmp_path / "uid_map").write_text(text)
    assert spare_ids(WANTED, str(tmp_path / "uid_map")) == first


def test_all_ids_of_a_block_lie_in_the_range(tmp_path: Path) -> None:
    (tmp_path / "uid_map").write_text("0 100000 65536\n")
    first = spare_ids(WANTED, str(tmp_path / "uid_map"))
    assert first > 0
    assert first + IDS < 65534


def test_without_a_map_nothing_is_known(tmp_path: Path) -> None:
    assert spare_ids(WANTED, str(tmp_path / "none")) == WANTED
