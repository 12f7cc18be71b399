"""What does an author of pictures use? Forms to fill in, and ways to compare a submission with the reference.

The engine's side is in `draw` (a student's pictures, and a statement's); reports draw what comes of it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.pictures.author import compare_grids, compare_lines, compare_nodes, dig, picture
    from autograder.pictures.forms import Form, NotAPicture, form_of
    from autograder.pictures.graph import Graph, Node
    from autograder.pictures.grids import Grid, Grids
    from autograder.pictures.lines import Line, Lines, Note
    from autograder.pictures.sampler import Sampler

_WHERE = {
    "Form": "forms",
    "Graph": "graph",
    "Grid": "grids",
    "Grids": "grids",
    "Line": "lines",
    "Lines": "lines",
    "Node": "graph",
    "NotAPicture": "forms",
    "Note": "lines",
    "Sampler": "sampler",
    "compare_grids": "author",
    "compare_lines": "author",
    "compare_nodes": "author",
    "dig": "author",
    "form_of": "forms",
    "picture": "author",
}


def __getattr__(name: str) -> Any:
    """Imported where it is used: reports draw without NumPy, which some of it needs."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_WHERE[name]}"), name)


__all__ = [
    "Form",
    "Graph",
    "Grid",
    "Grids",
    "Line",
    "Lines",
    "Node",
    "NotAPicture",
    "Note",
    "Sampler",
    "compare_grids",
    "compare_lines",
    "compare_nodes",
    "dig",
    "form_of",
    "picture",
]
