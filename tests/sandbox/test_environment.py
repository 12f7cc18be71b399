"""No variable reaches a worker, whoever set it."""

from __future__ import annotations

import subprocess
import sys

import pytest

LEFT = """
import ctypes, os
from autograder.sandbox.inside import linux
libc = ctypes.CDLL(None)
libc.setenv(b"SET_BY_C", b"24", 1)
assert "SET_BY_C" not in os.environ
linux.clear_environment()
first = ctypes.POINTER(ctypes.c_char_p).in_dll(libc, "environ")
print(len(os.environ), not first or first[0] is None)
os.environ["NEW"] = "1"
print(os.environ["NEW"])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the C library is asked as on Linux")
def test_what_c_code_has_set_is_cleared_too() -> None:
    # Python 3.13 imports readline with pdb, and that sets two variables behind Python's back.
    done = subprocess.run([sys.executable, "-c", LEFT], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("0 True\n1\n", "")
