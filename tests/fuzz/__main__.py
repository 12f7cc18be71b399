"""Fuzz everything, two targets at a time, or one: python -m tests.fuzz [TARGET [LIBFUZZER OPTIONS]]

python -m tests.fuzz                             all of them, FUZZ_SECONDS each (600)
python -m tests.fuzz decoder -max_total_time=60  one, with options for libFuzzer
python -m tests.fuzz decoder crash-0123…         one input again
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.fuzz import engine

TARGETS = ("decoder", "ingest", "lane", "sanitiser")
AT_ONCE = 2
_GRACE_SECONDS = 120
_COVERED = re.compile(r"^#\d+\s+\S+\s+cov: (\d+) ft: (\d+)", re.M)
_FIGURE = re.compile(r"^stat::(\w+):\s+(\d+)", re.M)
_WITHOUT_ATHERIS = (
    "tests/sandbox/test_fuzz_wire.py",
    "tests/sandbox/test_ingest.py",
    "tests/grading/test_fuzz_reports.py",
    "tests/reports/test_cleaning.py",
    "tests/reports/test_sinks.py",
)


def main(arguments: list[str]) -> int:
    if importlib.util.find_spec("atheris") is None:
        print(
            "SKIPPED: coverage-guided fuzzing. It needs atheris, which has builds for Python 3.11 to 3.13 on Linux, x86-64.\n"
            "What runs instead: the same judges on what Hypothesis invents, as in `make test`.",
            flush=True,
        )
        return subprocess.call([sys.executable, "-m", "pytest", "-q", *_WITHOUT_ATHERIS])
    if arguments:
        name, *options = arguments
        if name not in TARGETS:
            print(f"There is no target {name!r}. There are: {', '.join(TARGETS)}.", file=sys.stderr)
            return 2
        engine.fuzz(name, options)
    seconds = int(os.environ.get("FUZZ_SECONDS", "600"))
    logs = Path(tempfile.mkdtemp(prefix="autograder-fuzz-"))
    print(f"{', '.join(TARGETS)}: {seconds} s each, {AT_ONCE} at a time; what they say goes to {logs}")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        failed = list(pool.map(lambda name: _fuzzed(name, seconds, logs / f"{name}.log"), TARGETS))
    return 1 if any(failed) else 0


def _fuzzed(name: str, seconds: int, log: Path) -> bool:
    """Fuzz one target in a process of its own and say what came of it. Returns whether something was found."""
    command = [sys.executable, "-m", "tests.fuzz", name, f"-max_total_time={seconds}"]
    with log.open("wb") as out:
        try:
            status = subprocess.run(
                command, stdout=out, stderr=subprocess.STDOUT, timeout=seconds + _GRACE_SECONDS, check=False
            ).returncode
        except subprocess.TimeoutExpired:
            status = -1
    said = log.read_text("utf-8", "replace")
    print(_summary(name, said), flush=True)
    if status:
        found = said.find(" === Uncaught Python exception")
        why = "it did not end in time" if status == -1 else f"it ended with status {status}"
        print(f"{name}: {why}; see {log}\n{said[found:][:4000] if found >= 0 else said[-2000:]}", flush=True)
    return status != 0


def _summary(name: str, said: str) -> str:
    figures = dict(_FIGURE.findall(said))
    covered = _COVERED.findall(said)
    growth = f"{covered[0][0]} → {covered[-1][0]}" if covered else "?"
    features = f"{covered[0][1]} → {covered[-1][1]}" if covered else "?"
    return (
        f"{name}: {_grouped(figures, 'number_of_executed_units')} inputs, "
        f"{_grouped(figures, 'average_exec_per_sec')} a second, places reached {growth}, features {features}, "
        f"inputs kept {_grouped(figures, 'new_units_added')}, memory {figures.get('peak_rss_mb', '?')} MiB"
    )


def _grouped(figures: dict[str, str], name: str) -> str:
    return f"{int(figures[name]):,}" if name in figures else "?"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
