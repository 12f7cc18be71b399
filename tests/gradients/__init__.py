"""The gradient check and its rivals on the same cases: `python -m tests.gradients` prints the table."""
