"""In which language does the command line speak? Its help and click's own words too."""

from __future__ import annotations

import copy
import sys
from collections.abc import Sequence
from inspect import cleandoc
from typing import Any, TextIO, TypeVar

import click

from autograder import language
from autograder.language import LANGUAGES, later, translate

CLICKS_WORDS = (
    later("Usage:"),
    later("Options"),
    later("Commands"),
    later("Positional arguments"),
    later("Show this message and exit."),
    later("Show the version and exit."),
    later("default: {default}"),
    later("required"),
    later("Error: {message}"),
    later("Try '{command} {option}' for help."),
    later("Missing command."),
    later("Missing argument"),
    later("Missing option"),
    later("Missing parameter"),
    later("No such option {name!r}."),
    later("No such option: {name}"),
    later("Did you mean {possibility}?"),
    later("(Did you mean one of: {possibilities}?)"),
    later("(Possible options: {possibilities})"),
    later("Invalid value: {message}"),
    later("Invalid value for {param_hint}: {message}"),
    later("Got unexpected extra argument ({args})"),
    later("Got unexpected extra arguments ({args})"),
    later("Option {name!r} requires an argument."),
    later("Option {name!r} does not take a value."),
    later("{value!r} is not {choice}."),
    later("{value!r} is not one of {choices}."),
    later("{value!r} is not a valid {number_type}."),
    later("{value} is not in the range {range}."),
    later("{name} {filename!r} does not exist."),
    later("{name} {filename!r} is a file."),
    later("{name} {filename!r} is a directory."),
    later("{name} {filename!r} is not readable."),
    later("Error: invalid input"),
    later("Aborted!"),
)
"""What click says by itself to people who use these commands; click fills its fields in."""

C = TypeVar("C", bound=click.Command)

_SAMPLE = "ạằốữịđẳ"


class Language(click.Choice[str]):
    """A language that we speak, as "vi", "VI" or "vi_VN.UTF-8"."""

    def __init__(self) -> None:
        super().__init__(LANGUAGES)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return language.known(str(value)) or super().convert(value, param, ctx)


def speak(chosen: str) -> None:
    """Speak `chosen` in this process; English where the terminal cannot show it."""
    language.use(chosen if chosen == "en" or _can_show(sys.stdout) else "en")


def requested(arguments: Sequence[str]) -> str | None:
    """What `--lang` asks for, before or after the command's name; click refuses it later where it is no language."""
    found = None
    for word, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if word == "--":
            break
        if word == "--lang":
            found = following
        elif word.startswith("--lang="):
            found = word.partition("=")[2]
    return found


def _can_show(stream: TextIO) -> bool:
    try:
        _SAMPLE.encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def teach_click() -> None:
    """Give click's modules our catalogue: their own is bound to the environment, which child processes inherit."""
    for name, module in list(sys.modules.items()):
        if name.startswith("click."):
            names = vars(module)
            names |= {name: ours for name, ours in _OURS.items() if name in names}


def _one_or_many(one: str, many: str, number: int) -> str:
    return translate(one if number == 1 else many)


_OURS: dict[str, Any] = {"_": translate, "ngettext": _one_or_many}


# -- help -----------------------------------------------------------------------------------------------------


def help_texts(command: click.Command) -> list[str]:
    """The texts that a command's help is made of, each the key of its translation."""
    found = [text for line in _paragraphs(command.help) for text, is_text in line if is_text]
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.help:
            found.append(parameter.help)
    return found


def in_language(command: C) -> C:
    """A copy of the command with its help in the current language."""
    spoken = copy.copy(command)
    spoken.help = "\n\n".join(
        "".join(translate(text) if is_text else text for text, is_text in paragraph)
        for paragraph in _paragraphs(command.help)
    )
    # Made when first asked for, in the language of that time.
    spoken._help_option = None
    spoken.params = [_option(parameter) for parameter in command.params]
    return spoken


def _option(parameter: click.Parameter) -> click.Parameter:
    if not isinstance(parameter, click.Option) or not parameter.help:
        return parameter
    spoken = copy.copy(parameter)
    spoken.help = translate(parameter.help)
    return spoken


def _paragraphs(help: str | None) -> list[list[tuple[str, bool]]]:
    """The paragraphs of a help text as pieces with whether they are to be translated.

    Lines are rewrapped by click, so a paragraph is one text on one line; but in one that begins with \\b each line stands
    alone, and what is indented or follows "Example:" is typed as it is.
    """
    found = []
    for paragraph in cleandoc(help or "").split("\n\n"):
        if not paragraph.startswith("\b\n"):
            found.append([(" ".join(paragraph.split()), True)])
            continue
        pieces = [("\b\n", False)]
        for line in paragraph.removeprefix("\b\n").splitlines(keepends=True):
            head, colon, rest = line.partition(":")
            if line.startswith(" "):
                pieces.append((line, False))
            elif head in ("Example", "Examples"):
                pieces += [(head + colon, True), (rest, False)]
            else:
                pieces += [(line.rstrip("\n"), True), ("\n" if line.endswith("\n") else "", False)]
        found.append(pieces)
    return found
