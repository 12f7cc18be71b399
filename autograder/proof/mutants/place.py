"""Where in a source does a node stand? What a mutation operator may know besides the node itself."""

from __future__ import annotations

import ast
from dataclasses import dataclass

_SUBMODULES = frozenset(("linalg", "random", "fft", "ma", "lib", "stride_tricks"))


@dataclass(frozen=True)
class Place:
    """A node's surroundings.

    parent      the node that holds it
    role        the parent's field that holds it, e.g. "slice"
    modules     names that stand for imported modules, e.g. {"np", "math"}
    numpy       the one that stands for NumPy, or ""
    known       names that hold a value before this statement: parameters and earlier targets
    parameters  the parameters of the function around it, in order
    """

    parent: ast.AST
    role: str
    modules: frozenset[str] = frozenset()
    numpy: str = ""
    known: frozenset[str] = frozenset()
    parameters: tuple[str, ...] = ()

    def is_module(self, node: ast.AST) -> bool:
        """Whether the expression is a module: `np`, or `np.linalg`."""
        if isinstance(node, ast.Attribute):
            return node.attr in _SUBMODULES and self.is_module(node.value)
        return isinstance(node, ast.Name) and node.id in self.modules
