"""An autograder for courses in which students write functions: see README.md in this folder for the rooms."""

__version__ = "0.1.0"


def load_ipython_extension(shell: object) -> None:
    """`%load_ext autograder` in Jupyter calls this, and nothing else does."""
    from autograder.notebooks.magics import load

    load(shell)
