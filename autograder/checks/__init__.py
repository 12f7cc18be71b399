"""What a hidden suite calls: `from autograder.checks import check_same, check_unchanged, forms`.

A check that fails raises `CheckFailure`; misuse of a check raises `SuiteError`, which costs no points. The table
of all checks is in docs/author.md.
"""

from autograder.checks.case import call_with
from autograder.checks.closeness import check_between, check_close, check_shape
from autograder.checks.failure import CheckFailure, fail
from autograder.checks.same import check_same

__all__ = [
    "CheckFailure",
    "call_with",
    "check_between",
    "check_close",
    "check_same",
    "check_shape",
    "fail",
]
