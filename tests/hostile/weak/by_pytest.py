"""The grader that puts its hidden tests beside the student's files and lets pytest run them there."""

import os
import shutil
import sys

import pytest

os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # only to start sooner
shutil.copy("/box/grader/hidden.py", "/box/work/test_hidden.py")
shutil.copy("/box/grader/reference.py", "/box/work/reference.py")
status = pytest.main(["-q", "-p", "no:cacheprovider", "--tb=line", "/box/work"])
print(f"score: {100 if status == 0 else 0}", flush=True)
sys.exit(status)
