"""A computational graph: what each node holds, and what came back to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from autograder.model import Message
from autograder.pictures import plain
from autograder.pictures.plain import NotAPicture

_MOST_NODES = 24
_MOST_INPUTS = 8


@dataclass(frozen=True)
class Node:
    """A node of the graph.

    name      of its own, e.g. "f1"
    label     what stands in its box, e.g. "+" or "x"; translated when it is drawn
    inputs    names of the nodes that it is computed from; the same one twice where it is used twice
    value     the number that it holds, or None where that is not shown
    gradient  d(result)/d(this node), or None where that is not shown
    yours_value, yours_gradient  what the submission has there; "" where nothing is compared, None where it has no number
    """

    name: str
    label: str
    inputs: Sequence[str] = ()
    value: float | None = None
    gradient: float | None = None
    yours_value: float | str | None = ""
    yours_gradient: float | str | None = ""

    def __post_init__(self) -> None:
        plain.text(self.name, "the name of a node")
        plain.text(self.label, "the label of a node")
        object.__setattr__(self, "inputs", tuple(self.inputs))
        for key in ("value", "gradient", "yours_value", "yours_gradient"):
            given = getattr(self, key)
            if not (key.startswith("yours") and isinstance(given, str) and given == ""):
                object.__setattr__(self, key, plain.rounded(given))


class Wrong(NamedTuple):
    """A number of a node that is not as expected. `what` is "value" or "gradient"."""

    node: Node
    what: str
    yours: float | None
    expected: float


@dataclass(frozen=True)
class Graph:
    """A computational graph, drawn from left to right.

    title, text  what it shows; the same in words for those who cannot see it
    nodes        each after those that it is computed from
    """

    title: str | Message
    text: str | Message
    nodes: Sequence[Node]

    def __post_init__(self) -> None:
        object.__setattr__(self, "nodes", tuple(self.nodes))
        known: set[str] = set()
        for node in self.nodes:
            if node.name in known:
                raise NotAPicture("two nodes have one name")
            if not known.issuperset(node.inputs):
                raise NotAPicture("a node comes before what it is computed from")
            known.add(node.name)
        if not self.nodes:
            raise NotAPicture("the graph has no node")

    def to_plain(self) -> dict[str, Any]:
        """Plain data; the title and the text are the picture's."""
        return {
            "nodes": [
                [
                    node.name,
                    node.label,
                    list(node.inputs),
                    [node.value, node.gradient],
                    [node.yours_value, node.yours_gradient],
                ]
                for node in self.nodes
            ]
        }

    @classmethod
    def from_plain(cls, title: Message, text: Message, data: Any) -> Graph:
        """What `to_plain` made this of. Raises NotAPicture for anything else."""
        parts = plain.table(data, ("nodes",), "the picture")
        return cls(title, text, plain.each(parts["nodes"], _MOST_NODES, "the nodes", _node))

    def differs(self) -> bool:
        """Whether the picture shows that yours is not as expected."""
        return bool(self.wrong())

    def compared(self) -> list[Wrong]:
        """Every number that is compared."""
        return [
            Wrong(node, what, yours, due)
            for node in self.nodes
            for what, yours, due in (
                ("value", node.yours_value, node.value),
                ("gradient", node.yours_gradient, node.gradient),
            )
            if not isinstance(yours, str) and due is not None
        ]

    def wrong(self) -> list[Wrong]:
        """The numbers that are not as expected."""
        return [one for one in self.compared() if not plain.close(one.yours, one.expected, 1.0)]


def _node(data: Any) -> Node:
    parts = plain.items(data, 5, "a node")
    if len(parts) != 5:
        raise NotAPicture("a node is too short")
    name, label, inputs, due, yours = parts
    value, gradient = _two(due)
    yours_value, yours_gradient = _two(yours, blank=True)
    return Node(
        name,
        label,
        plain.each(inputs, _MOST_INPUTS, "the inputs of a node", lambda one: plain.text(one, "an input")),
        value,  # type: ignore[arg-type]
        gradient,  # type: ignore[arg-type]
        yours_value,
        yours_gradient,
    )


def _two(data: Any, *, blank: bool = False) -> tuple[float | str | None, ...]:
    parts = plain.items(data, 2, "the numbers of a node")
    if len(parts) != 2:
        raise NotAPicture("a node has two numbers")
    return tuple("" if blank and one == "" else plain.number(one, "a number of a node") for one in parts)
