"""The group: fast help, suggestions, exit codes, and the error boundary."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import types
from pathlib import Path

import click
import pytest

from autograder import __version__, errors
from autograder.cli import main as main_module
from autograder.cli.main import COMMANDS, main

ROOT = Path(__file__).resolve().parent.parent.parent


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=180,
    )


def built() -> list[str]:
    """The commands whose module is there."""
    targets = {name: command.target for section in COMMANDS.values() for name, command in section.items()}
    return [
        name
        for name, target in targets.items()
        if (ROOT / (target.partition(":")[0].replace(".", "/") + ".py")).is_file()
    ]


def test_help_lists_every_command_and_imports_little(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    for section, commands in COMMANDS.items():
        assert section in shown
        for name, command in commands.items():
            assert f"{name} " in shown
            assert command.short_help in shown
    told = python(
        "import sys\nfrom autograder.cli.main import main\nmain(['--help'])\n"
        "print('LOADED', *sorted(sys.modules), file=sys.stderr)"
    )
    loaded = set(told.stderr.split())
    assert "click" in loaded
    for heavy in (
        "numpy",
        "pytest",
        "rich",
        "jinja2",
        "msgpack",
        "platformdirs",
        "autograder.course",
        "asyncio",
    ):
        assert heavy not in loaded, heavy


@pytest.mark.parametrize("name", built())
def test_every_commands_help_has_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "Example" in shown
    assert f"autograde {name}" in shown


def test_a_misspelt_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sumbit"]) == 2
    assert 'Did you mean "submit"?' in capsys.readouterr().err
    assert main(["qqqq"]) == 2
    assert "autograde --help" in capsys.readouterr().err
    assert main(["list", "--nonsense"]) == 2


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert __version__ in capsys.readouterr().out


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> types.SimpleNamespace:
    """A command that raises whatever the test puts into `.error`."""
    box = types.SimpleNamespace(error=None, code=None)

    @click.command()
    def fail() -> int | None:
        if box.error is not None:
            raise box.error
        return box.code  # type: ignore[no-any-return]

    module = types.ModuleType("made_up_command")
    module.fail = fail  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "made_up_command", module)
    monkeypatch.setitem(main_module._ALL, "fail", main_module.Command("made_up_command:fail", ""))
    return box


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (errors.AutogradeError("plain"), 1, "plain"),
        (errors.UsageError("not there"), 2, "not there"),
        (errors.CourseError("bad manifest"), 2, "bad manifest"),
        (errors.SystemFault("no fork"), 3, "no fork"),
        (ZeroDivisionError("by zero"), 3, "our fault"),
        (KeyboardInterrupt(), 130, "Interrupted"),
        (SystemExit(5), None, ""),
    ],
)
def test_exit_codes(
    failing: types.SimpleNamespace,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int | None,
    told: str,
) -> None:
    failing.error = error
    if code is None:
        with pytest.raises(SystemExit):
            main(["fail"])
        return
    assert main(["fail"]) == code
    output = capsys.readouterr()
    assert output.out == ""
    assert told in output.err
    assert "Traceback" not in output.err


def test_a_traceback_only_when_debugging(
    failing: types.SimpleNamespace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    failing.error = ZeroDivisionError("by zero")
    monkeypatch.setenv("AUTOGRADE_DEBUG", "1")
    assert main(["fail"]) == 3
    assert "Traceback" in capsys.readouterr().err


def test_what_a_command_returns_is_the_exit_code(failing: types.SimpleNamespace) -> None:
    for code, expected in ((None, 0), (0, 0), (1, 1), (True, 0)):
        failing.code = code
        assert main(["fail"]) == expected


def test_a_reader_that_goes_away_is_no_error(tiny_course: object, tmp_path: Path) -> None:
    told = subprocess.run(
        f'"{sys.executable}" -m autograder.cli.main list --course "{tmp_path / "course"}" --json | head -c 1',
        shell=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=180,
    )
    assert told.stdout == "{"
    assert "Traceback" not in told.stderr
    assert "our fault" not in told.stderr


def test_every_target_is_in_a_module_of_its_own() -> None:
    targets = [command.target for section in COMMANDS.values() for command in section.values()]
    assert len(set(targets)) == len(targets)
    for name in built():
        target = next(c.target for s in COMMANDS.values() for n, c in s.items() if n == name)
        module, _, attribute = target.partition(":")
        assert isinstance(getattr(importlib.import_module(module), attribute), click.Command)
