"""The table of SECURITY.md, section 7, row by row."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.model import message
from autograder.sandbox.canaries import Finding
from autograder.sandbox.inside.layers import EVERY_LAYER
from autograder.sandbox.level import LETTERS, decide

SPACES = ["user", "mount", "network", "ipc", "uts", "pid", "cgroup"]
BEST: dict[str, Any] = {
    "layers": sorted(EVERY_LAYER),
    "namespaces": SPACES,
    "root": "empty",
    "landlock_abi": 7,
    "uid_dropped": None,
    "profile": "closed",
}
HELD = Finding("fork", ("seccomp",), True, "EPERM", message("mend it"))
FLOWN = Finding("fork", ("seccomp",), False, "a child ran", message("mend it"))


def without(*layers: str, **changed: Any) -> dict[str, Any]:
    return {**BEST, "layers": sorted(EVERY_LAYER - set(layers)), **changed}


@pytest.mark.parametrize(
    ("facts", "letter", "missing"),
    [
        (BEST, "A", ()),
        (without(landlock_abi=1), "A", ()),
        (without(uid_dropped=True), "A", ()),
        # Root makes no user namespace.
        (without(namespaces=SPACES[1:], uid_dropped=True), "A", ()),
        # An old kernel has no cgroup namespace, which matters to nobody who sees no /sys.
        (without(namespaces=SPACES[:-1]), "A", ()),
        (without(root="minimal", profile="files"), "A", ()),
        (without(root="minimal"), "B", ("root",)),
        (without("namespaces", "root", namespaces=[], root="host"), "B", ("namespaces", "root")),
        (without(namespaces=["user", "mount", "ipc", "uts", "pid"]), "B", ("namespaces",)),
        (without("landlock", landlock_abi=0), "B-", ("landlock",)),
        (without(landlock_abi=0), "B-", ("landlock",)),
        (
            without("landlock", "namespaces", landlock_abi=0, namespaces=[], root="host"),
            "B-",
            ("namespaces", "root", "landlock"),
        ),
        (without("seccomp"), "D", ("seccomp",)),
        (without("no_new_privs"), "D", ("no_new_privs",)),
        (without("rlimits"), "D", ("rlimits",)),
        (without("descriptors"), "D", ("descriptors",)),
        (without("landlock", "seccomp", landlock_abi=0), "D", ("seccomp", "landlock")),
        (without("ids", uid_dropped=False), "-", ("ids",)),
        (without("ids", "seccomp", uid_dropped=False), "-", ("ids", "seccomp")),
        ({}, "C", ("linux",)),
        ({"layers": []}, "D", None),
    ],
)
def test_a_letter_for_each_machine(
    facts: dict[str, Any], letter: str, missing: tuple[str, ...] | None
) -> None:
    found = decide(facts, [HELD], system="linux")
    assert found.letter == letter
    if missing is not None:
        assert found.missing == missing
    assert bool(found.remedies) == bool(found.missing)


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_are_for_ones_own_code(system: str) -> None:
    assert decide(BEST, [HELD], system=system).letter == "C"


def test_a_canary_that_flies_outweighs_every_fact() -> None:
    found = decide(BEST, [HELD, FLOWN], system="linux")
    assert (found.letter, found.missing, found.remedies) == ("D", ("fork",), (FLOWN.remedy,))


def test_no_canaries_are_no_proof() -> None:
    assert decide(BEST, [], system="linux").letter == "D"


@pytest.mark.parametrize(
    ("letter", "grades_others", "may_be_overruled"),
    [
        ("A", True, True),
        ("B", True, True),
        ("B-", False, True),
        ("C", False, True),
        ("D", False, True),
        ("-", False, False),
    ],
)
def test_which_letters_grade_others(letter: str, grades_others: bool, may_be_overruled: bool) -> None:
    facts = {
        "A": BEST,
        "B": without("namespaces", "root", namespaces=[], root="host"),
        "B-": without("landlock", landlock_abi=0),
        "C": {},
        "D": without("seccomp"),
        "-": without("ids", uid_dropped=False),
    }
    assert facts.keys() == LETTERS.keys()
    found = decide(facts[letter], [HELD], system="linux")
    assert (found.letter, found.grades_others, found.may_be_overruled) == (
        letter,
        grades_others,
        may_be_overruled,
    )


def test_root_is_not_told_to_become_root() -> None:
    there = without("namespaces", "root", namespaces=[], root="host")
    (user, _mounts), (root,) = (
        [remedy.id for remedy in decide({**there, "uid_dropped": dropped}, [HELD], system="linux").remedies]
        for dropped in (None, True)
    )
    assert "run as root" in user
    assert "run as root" not in root
    assert "container" in root
