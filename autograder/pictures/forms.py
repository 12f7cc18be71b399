"""Which forms does a picture have? From a form to the `Picture` of a report, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.model import Message, Picture
from autograder.pictures.graph import Graph
from autograder.pictures.grids import Grids
from autograder.pictures.lines import Lines
from autograder.pictures.plain import MOST_VALUES, NotAPicture

Form = Lines | Grids | Graph
_KINDS: dict[str, type[Lines] | type[Grids] | type[Graph]] = {"lines": Lines, "grids": Grids, "graph": Graph}


def picture_of(form: Form) -> Picture:
    """The picture that a report keeps. Raises NotAPicture where it is too large for one."""
    kind = next(name for name, one in _KINDS.items() if type(form) is one)
    data = form.to_plain()
    if _size(data) > MOST_VALUES:
        raise NotAPicture(f"it has more than {MOST_VALUES} numbers; sample fewer points")
    return Picture(kind, _message(form.title), _message(form.text), data)


def form_of(picture: Picture) -> Form:
    """The form of a picture whose data may come from anywhere. Raises NotAPicture for anything that is not one."""
    kind = _KINDS.get(picture.kind)
    if kind is None:
        raise NotAPicture("there is no picture of this kind")
    if not isinstance(picture.data, Mapping):
        raise NotAPicture("the picture is no table")
    return kind.from_plain(picture.title, picture.text, dict(picture.data))


def _message(text: str | Message) -> Message:
    return text if isinstance(text, Message) else Message(text)


def _size(data: Any) -> int:
    if isinstance(data, Mapping):
        return sum(1 + _size(one) for one in data.values())
    if isinstance(data, list):
        return sum(1 + _size(one) for one in data)
    return 0


__all__ = ["Form", "NotAPicture", "form_of", "picture_of"]
