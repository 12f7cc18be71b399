"""What a hidden suite calls: `from autograder.checks import check_same, check_unchanged, forms`.

A check that fails raises `CheckFailure`; misuse of a check raises `SuiteError`, which costs no points. All
checks are listed in docs/author.md.
"""

from autograder.checks.case import call_with
from autograder.checks.closeness import check_between, check_close, check_shape
from autograder.checks.facts import check_finite, check_no_warning, check_raises, check_unchanged
from autograder.checks.failure import CheckFailure, fail
from autograder.checks.forms import forms
from autograder.checks.gradient import check_gradient
from autograder.checks.same import check_same

__all__ = [
    "CheckFailure",
    "call_with",
    "check_between",
    "check_close",
    "check_finite",
    "check_gradient",
    "check_no_warning",
    "check_raises",
    "check_same",
    "check_shape",
    "check_unchanged",
    "fail",
    "forms",
]
