"""What does an author of pictures use? Forms to fill in, and ways to compare a submission with the reference.

The engine's side is in `draw` (a student's pictures, and a statement's); reports draw what comes of it.
"""

from autograder.pictures.author import compare_grids, compare_lines, compare_nodes, dig, picture
from autograder.pictures.forms import Form, NotAPicture, form_of
from autograder.pictures.graph import Graph, Node
from autograder.pictures.grids import Grid, Grids
from autograder.pictures.lines import Line, Lines, Note
from autograder.pictures.sampler import Sampler

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
