"""How does an assignment look as a notebook, and how does a notebook come back? For Jupyter and for nbgrader.

`cells` says which cells there are, `build` writes them as a notebook. Nothing here reads what a student handed in:
that is `sandbox/ingest`, in a worker.
"""
