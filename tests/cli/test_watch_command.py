"""watch, as a process: in a terminal with keys, in a pipe without, with everything that editors and students do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.course import Course

from .conftest import Run, command, environment

if sys.platform == "win32":
    pytest.skip("these need a pseudo terminal", allow_module_level=True)

from .terminal import SECONDS, Terminal

ADD = "def add(x, y):\n    return x + y\n"
MEAN = "\n\ndef mean_of(x, y):\n    return sum(add(a, b) for a, b in zip(x, y)) / len(x)\n"
RIGHT = ADD + MEAN
WRONG = ADD.replace("x + y", "x - y")
HINTS = """
[add.where]
en = "Which sign is there?"
vi = "Dấu nào ở đó?"
[add.formula]
en = "x + y"
vi = "x + y"
[mean_of.where]
en = "How many are there?"
[mean_of.formula]
en = "sum / N"
"""


@pytest.fixture
def mine(run: Run, desk: Path, tiny_course: Course) -> Path:
    """The student's file, as `start` gave it, in a course with hints that waits half a minute for a call."""
    public = tiny_course.assignments_dir / "sums"
    manifest = public / "assignment.toml"
    text = manifest.read_text("utf-8").replace(
        "submission_seconds = 20", "submission_seconds = 120\ncall_seconds = 30"
    )
    manifest.write_text(text, encoding="utf-8")
    (public / "hints.toml").write_text(HINTS, encoding="utf-8")
    assert run("start", "sums").code == 0
    return desk / "sums" / "sums.py"


@pytest.fixture
def watching(desk: Path, mine: Path) -> Iterator[Callable[..., Terminal]]:
    """Starts `watch` in a terminal."""
    terminals: list[Terminal] = []

    def start(*arguments: str, columns: int = 90, rows: int = 24, **more: str) -> Terminal:
        terminal = Terminal(
            command("watch", "sums", *arguments), {**environment(), **more}, desk, columns, rows
        )
        terminals.append(terminal)
        return terminal

    yield start
    for terminal in terminals:
        terminal.close()


class Piped:
    """`watch` without a terminal: what it prints, line by line."""

    def __init__(self, *arguments: str, cwd: Path, code: str = "", **more: str) -> None:
        started = command("watch", "sums", *arguments)
        if code:
            started = [
                sys.executable,
                "-c",
                f"{code}\nfrom autograder.cli.main import main\nmain()",
                "watch",
                "sums",
                *arguments,
            ]
        self.process = subprocess.Popen(
            started,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            cwd=cwd,
            env={**environment(), **more},
        )
        self.text = ""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.text += line

    def wait(self, *words: str, since: int = 0) -> str:
        """What was printed since, once it holds these words."""
        deadline = time.monotonic() + SECONDS
        while not all(word in self.text[since:] for word in words):
            assert time.monotonic() < deadline, f"{words} did not come:\n{self.text}"
            assert self.process.poll() is None, f"it ended with {self.process.returncode}:\n{self.text}"
            time.sleep(0.01)
        return self.text[since:]

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        code = self.process.wait(SECONDS)
        self._thread.join(SECONDS)
        return code


@pytest.fixture
def piped(desk: Path, mine: Path) -> Iterator[Callable[..., Piped]]:
    """Starts `watch` without a terminal."""
    started: list[Piped] = []

    def start(*arguments: str, **more: str) -> Piped:
        started.append(Piped(*arguments, cwd=desk, **more))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.wait()


def test_a_session_from_the_stub_to_the_end(watching: Callable[..., Terminal], mine: Path) -> None:
    terminal = watching()
    terminal.wait("Checking…")
    screen = terminal.wait("add (40 points): not written yet", "0 of 2 functions pass [--]")
    assert "1 and 2 are 3" in screen
    assert "sums/sums.py:" in screen
    assert "h hint  n next  p previous  l list  a all  r run again  ? help  q quit" in screen

    mine.write_text(WRONG, encoding="utf-8")
    screen = terminal.wait("✗ add (40 points)", "> add(1.0, 2.0)", "sums/sums.py:1", "Answered after")
    assert "Which sign" not in screen

    terminal.press("h")
    screen = terminal.wait("Where to look", "Which sign is there?")
    assert "Which formula" not in screen
    terminal.press("h")
    terminal.wait("Which sign is there?", "Which formula", "x + y")
    terminal.press("h")
    terminal.wait("There is no further hint for add")

    mine.write_text(ADD, encoding="utf-8")
    screen = terminal.wait(
        "✓ add passes", "1 of 2 functions pass [#-]", "mean_of (60 points): not written yet"
    )
    assert "Which sign" not in screen
    assert "How many" not in screen

    terminal.press("p")
    terminal.wait("✓ add (40 points)", "✓ 1 and 2 are 3")
    terminal.press("l")
    terminal.wait("> ✓ add (40 points)", "  · mean_of (60 points)")
    terminal.press("\x1b[B")
    terminal.wait("  ✓ add (40 points)", "> · mean_of (60 points)")
    terminal.press("\r")
    terminal.wait("mean_of (60 points): not written yet", without="✓ add (40 points)")
    terminal.press("?")
    terminal.wait("The next function.")
    terminal.press("?")
    terminal.wait("mean_of (60 points)", without="The next function.")

    mine.write_text(RIGHT, encoding="utf-8")
    terminal.wait(
        "✓ mean_of passes", "All 2 functions pass", "2 of 2 functions pass [##]", "autograde submit sums"
    )

    # One that passed does not any more: that is what is worked on now.
    mine.write_text(WRONG + MEAN, encoding="utf-8")
    terminal.wait(
        "✗ add passed before this save and does not any more.", "✗ add (40 points)", "0 of 2 functions"
    )
    terminal.press("a")
    terminal.wait("✗ add (40 points)", "✗ mean_of (60 points)", "the mean of 1 + 3")
    terminal.press("q")
    assert terminal.ended() == 0
    assert terminal.settings() == terminal.before
    assert terminal.sent.rstrip().endswith("0 of 2 functions pass [--]")
    assert "\x1b[?1049l" in terminal.sent
    assert "\x1b[?25h" in terminal.sent


@pytest.mark.parametrize(
    "by",
    ["\x03", "error", *(pytest.param(by, marks=pytest.mark.slow) for by in ("q", "\x04", "TERM", "HUP"))],
)
def test_however_it_ends_the_terminal_is_as_it_was(
    watching: Callable[..., Terminal], mine: Path, tiny_course: Course, by: str
) -> None:
    if by == "error":
        tests = tiny_course.assignments_dir / "sums" / "test_sums.py"
        tests.write_text("import nothing_of_this_name\n", encoding="utf-8")
    terminal = watching()
    if by != "error":
        terminal.wait("not written yet")
        assert terminal.settings() != terminal.before
    if by in ("TERM", "HUP"):
        terminal.process.send_signal(getattr(signal, f"SIG{by}"))
    elif by != "error":
        terminal.press(by)
    assert terminal.ended() == (2 if by == "error" else 0)
    assert terminal.settings() == terminal.before
    assert terminal.sent.rindex("\x1b[?1049l") > terminal.sent.rindex("\x1b[?1049h")
    assert terminal.sent.rindex("\x1b[?25h") > terminal.sent.rindex("\x1b[?25l")
    if by == "error":
        # Said on the screen that the student came from, where it stays.
        assert "nothing_of_this_name" in terminal.sent[terminal.sent.rindex("\x1b[?1049l") :]


def test_keys_typed_before_the_first_answer_are_not_lost(
    watching: Callable[..., Terminal], mine: Path
) -> None:
    terminal = watching()
    terminal.wait("Checking…")
    terminal.press("nnl")
    terminal.wait("> ", "mean_of (60 points)", until=lambda screen: "  · add (40 points)" in screen)
    terminal.press("q")
    assert terminal.ended() == 0


def test_resizing_and_a_very_small_terminal(watching: Callable[..., Terminal], mine: Path) -> None:
    mine.write_text(WRONG, encoding="utf-8")
    terminal = watching(columns=26, rows=7)
    terminal.wait("✗ add", "more lines: space")
    terminal.resize(12, 3)
    terminal.wait(until=lambda screen: len(screen.split("\n")) <= 3)
    terminal.resize(100, 30)
    terminal.wait("✗ add (40 points)", "> add(1.0, 2.0)", "q quit")
    terminal.press(" h")
    terminal.wait("Which sign is there?")
    terminal.press("q")
    assert terminal.ended() == 0


def test_a_stopped_watch_gives_the_terminal_back_and_goes_on(
    watching: Callable[..., Terminal], mine: Path
) -> None:
    terminal = watching()
    terminal.wait("not written yet")
    terminal.press("\x1a")
    deadline = time.monotonic() + SECONDS
    while terminal.settings() != terminal.before:
        assert time.monotonic() < deadline
        terminal.read(0.05)
    _pid, status = os.waitpid(terminal.process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    mine.write_text(ADD, encoding="utf-8")
    os.killpg(terminal.process.pid, signal.SIGCONT)
    terminal.wait("✓ add passes")
    assert terminal.settings() != terminal.before
    terminal.press("q")
    assert terminal.ended() == 0
    assert terminal.settings() == terminal.before


def test_no_colour_and_nothing_of_a_student_acts(watching: Callable[..., Terminal], mine: Path) -> None:
    evil = "\\x1b]0;owned\\x07\\x1b[2J\\x1b[31m✓ add\\u202e"
    mine.write_text(f'print("{evil}")\ndef add(x, y):\n    return "{evil}"\n', encoding="utf-8")
    terminal = watching(NO_COLOR="1")
    terminal.wait("✗ add (40 points)", "Your file printed:", "\\x1b]0;owned\\x07")
    terminal.press("a")
    terminal.wait("· mean_of (60 points)")
    terminal.press("q")
    assert terminal.ended() == 0
    for sequence in ("\x1b]", "\x07", "\x1b[2J", "\x1b[31m", "\u202e"):
        assert sequence not in terminal.sent


@pytest.mark.slow
def test_vietnamese(watching: Callable[..., Terminal], mine: Path) -> None:
    mine.write_text(WRONG, encoding="utf-8")
    terminal = watching("--lang", "vi")
    terminal.wait("Tổng và trung bình", "> add(1.0, 2.0)")
    terminal.press("h")
    terminal.wait("Dấu nào ở đó?")
    terminal.press("q")
    assert terminal.ended() == 0


# -- without a terminal ---------------------------------------------------------------------------------------------


def replace(path: Path, text: str) -> None:
    """As vim and most others save: a new file beside it, then its name."""
    beside = path.with_name(f".{path.name}.swp")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def in_pieces(path: Path, text: str) -> None:
    """Emptied, then written bit by bit."""
    with open(path, "w", encoding="utf-8") as file:
        for at in range(0, len(text), 100):
            file.write(text[at : at + 100])
            file.flush()
            time.sleep(0.005)


def with_backup(path: Path, text: str) -> None:
    """As emacs does: the old one moved away, the new one made under its name."""
    path.rename(path.with_name(path.name + "~"))
    time.sleep(0.02)
    path.write_text(text, encoding="utf-8")


def in_place(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


SAVES = (in_place, replace, in_pieces, with_backup)


@pytest.mark.parametrize(
    "how",
    [
        "events",
        *(pytest.param(how, marks=pytest.mark.slow) for how in ("--poll", "no watchfiles", "no events")),
    ],
)
@pytest.mark.alone  # a save in two parts is one as long as the second follows at once
def test_every_save_is_answered_once_however_it_is_made(
    piped: Callable[..., Piped], mine: Path, how: str
) -> None:
    mine.write_text(WRONG, encoding="utf-8")
    more: dict[str, Any] = {}
    if how == "no watchfiles":
        more["code"] = "import sys\nsys.modules['watchfiles'] = None"
    elif how == "no events":  # the kernel's table is full
        more["code"] = (
            "import watchfiles\ndef watch(*a, **k): raise OSError('no space')\nwatchfiles.watch = watch"
        )
    one = piped(*(["--poll"] if how == "--poll" else []), **more)
    one.wait("✗ add (40 points)", "0 of 2 functions pass")
    for number, save in enumerate(SAVES if how in ("events", "--poll") else SAVES[:2]):
        since = len(one.text)
        answer = 100 + number
        save(mine, f"def add(x, y):\n    return {answer}\n{MEAN}" + "# a long file\n" * 20)
        told = one.wait(f"{answer}", "0 of 2 functions pass", since=since)
        assert "SyntaxError" not in told
        assert "not written" not in told
        assert "is not there" not in told
        assert told.count("✗ add (40 points)") == 1
    assert one.end() == 0


def test_what_goes_wrong_is_said_and_the_next_save_is_checked(
    piped: Callable[..., Piped], mine: Path
) -> None:
    mine.write_text(WRONG, encoding="utf-8")
    one = piped()
    one.wait("✗ add (40 points)", "0 of 2")

    def save(text: str | bytes, *words: str) -> str:
        since = len(one.text)
        mine.write_bytes(text if isinstance(text, bytes) else text.encode())
        return one.wait(*words, since=since)

    told = save(WRONG + "x = (\n", "SyntaxError", "sums/sums.py:3")
    assert "functions pass" not in told
    save(WRONG + "1/0\n", "ZeroDivisionError", "sums/sums.py:3")
    save("import os\nos._exit(0)\n", "status 0")
    save(b"# B\xe0i\n", "UTF-8")
    told = save(b"#" * (2**20 + 1), "too large")
    # Whoever looks now and then sees this save too, and it is no news.
    time.sleep(1.3)
    assert one.text.count("too large") == 1
    save("", "add (40 points): not written yet", "0 of 2")
    save(ADD, "✓ add passes", "mean_of (60 points): not written yet", "1 of 2")
    since = len(one.text)
    mine.unlink()
    one.wait("sums.py is not there", since=since)
    save(RIGHT, "✓ mean_of passes", "All 2 functions pass", "2 of 2")
    since = len(one.text)
    folder = mine.parent
    away = folder.rename(folder.with_name("away"))
    one.wait("sums.py is not there", since=since)
    away.rename(folder)
    one.wait("All 2 functions pass", since=since)
    save(WRONG + MEAN, "✗ add passed before", "0 of 2")
    assert one.end(signal.SIGINT) == 0
    assert "Traceback" not in one.text


@pytest.mark.parametrize(
    "loop",
    [
        "while True: pass\n",
        pytest.param("def add(x, y):\n    while True: pass\n", marks=pytest.mark.slow),
    ],
)
def test_a_save_ends_what_was_running_before_it(piped: Callable[..., Piped], mine: Path, loop: str) -> None:
    mine.write_text(RIGHT, encoding="utf-8")
    one = piped()
    one.wait("All 2 functions pass", "2 of 2")
    since = len(one.text)
    mine.write_text(MEAN + loop, encoding="utf-8")
    time.sleep(0.3)
    mine.write_text(WRONG + MEAN, encoding="utf-8")
    told = one.wait("✗ add (40 points)", "0 of 2", since=since)
    # Both loops have half a minute or more.
    assert "no answer" not in told
    assert "no end" not in told
    assert one.end() == 0


@pytest.mark.slow
def test_a_closed_pipe_ends_it(desk: Path, mine: Path) -> None:
    process = subprocess.Popen(
        command("watch", "sums"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=desk,
        env=environment(),
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    deadline = time.monotonic() + SECONDS
    number = 0
    while process.poll() is None:
        assert time.monotonic() < deadline
        number += 1
        mine.write_text(f"def add(x, y):\n    return {number}\n", encoding="utf-8")
        time.sleep(0.2)
    assert process.returncode == 1
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()


def test_no_file_is_an_error_at_once(run: Run, mine: Path) -> None:
    mine.unlink()
    told = run("watch", "sums")
    assert told.code == 2
    assert "autograde start sums" in told.err
