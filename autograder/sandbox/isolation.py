"""What holds the workers back on this machine? Found out by trying, and put on record with every result."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from autograder.course.manifest import Assignment
from autograder.errors import IsolationRefused
from autograder.model import message
from autograder.sandbox import canaries
from autograder.sandbox.canaries import Finding
from autograder.sandbox.launch import Launcher, best_launcher
from autograder.sandbox.level import Level, decide


@dataclass(frozen=True)
class Isolation:
    """What was found.

    level     the letter, what is missing for a better one, and the remedies
    facts     what the zygote says of itself: layers, namespaces, kernel, policy, …; empty without one
    findings  of the canaries
    """

    level: Level
    facts: Mapping[str, Any]
    findings: tuple[Finding, ...]

    def record(self, *, allowed: bool = False) -> dict[str, str | int | float]:
        """For results.json: level, versions and rules, as plain values in the order of their names.

        allowed  whether somebody said --allow-weak-isolation where that was needed
        """
        facts = self.facts
        stopped = sum(finding.blocked for finding in self.findings)
        made: dict[str, str | int | float] = {
            "level": self.level.letter,
            "missing": ", ".join(self.level.missing),
            "layers": ", ".join(facts.get("layers", ())),
            "namespaces": ", ".join(facts.get("namespaces", ())),
            "root": str(facts.get("root", "host")),
            "profile": str(facts.get("profile", "")),
            "policy": str(facts.get("policy", "")),
            "landlock_abi": int(facts.get("landlock_abi", 0)),
            "canaries": f"{stopped} of {len(self.findings)} stopped",
            "kernel": str(facts.get("kernel", "")) or platform.release(),
            "architecture": platform.machine(),
            "system": platform.system(),
            "python": platform.python_version(),
            "numpy": version("numpy"),
            "msgpack": version("msgpack"),
            "pytest": version("pytest"),
        }
        if not self.level.grades_others:
            made["weak"] = "allowed" if allowed else "refused"
        return dict(sorted(made.items()))

    def plain(self) -> dict[str, Any]:
        """What was found, without what was concluded from it: plain data, from which `isolation_of` makes the same."""
        return {"facts": dict(self.facts), "findings": [[f.name, f.blocked, f.how] for f in self.findings]}

    def require(self, *, allow_weak: bool = False) -> None:
        """Raises IsolationRefused where other people's code would not be held back, and that is not allowed.

        allow_weak  whether somebody said --allow-weak-isolation
        """
        level = self.level
        if level.grades_others or (allow_weak and level.may_be_overruled):
            return
        raise IsolationRefused(
            message(
                "Other people's code is not graded here: isolation is level {level}, without {missing}.",
                level=level.letter,
                missing=", ".join(level.missing),
            ),
            *level.remedies,
            message("'autograde doctor --canaries' shows what was tried."),
            message("For what you would run yourself: --allow-weak-isolation.")
            if level.may_be_overruled
            else None,
        )


def examine(launcher: Launcher, *, files: bool = False) -> Isolation:
    """Try the walls around this launcher's workers. Raises SystemFault where it cannot start any."""
    facts = launcher.facts
    return _judged(facts, canaries.run(launcher, files=files) if facts else (), files)


def isolation_of(plain: Any, *, files: bool = False) -> Isolation:
    """What `Isolation.plain` made this of. Raises ValueError, TypeError or KeyError for anything else."""
    facts = dict(plain["facts"])
    findings = tuple(
        canaries.finding(name, blocked is True, str(how)) for name, blocked, how in plain["findings"]
    )
    return _judged(facts, findings, files)


def _judged(facts: Mapping[str, Any], findings: tuple[Finding, ...], files: bool) -> Isolation:
    if not (files and facts and facts.get("root") == "host"):
        return Isolation(decide(facts, findings), facts, findings)
    # Only Landlock would stand between a worker and our files, and it lets everybody ask whether they exist; nor is there
    # a place where /data could be shown.
    found = decide(facts, [finding for finding in findings if finding.name != "stat_secret"])
    say = message(
        'profile = "files" needs namespaces: without them there is no /data. Allow them, or hand the data to the '
        "functions as arguments."
    )
    letter = found.letter if found.letter == "-" else "D"
    found = Level(letter, (*found.missing, "files profile"), (*found.remedies, say))
    return Isolation(found, facts, findings)


def isolation(assignment: Assignment | None = None) -> Isolation:
    """`examine` with a launcher of its own. assignment: whose modules and profile its workers have."""
    launcher = best_launcher(assignment)
    try:
        return examine(launcher, files=assignment is not None and assignment.profile == "files")
    finally:
        launcher.close()
