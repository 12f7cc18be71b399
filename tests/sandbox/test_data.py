"""/data where nothing is mounted: the same files under another name, for every way in which people read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

READ = """
import io, json, os, pathlib, sys
import numpy as np
from autograder.sandbox.inside.data import show
show(sys.argv[1])
class Holder:
    read = open
def fails(function, *arguments):
    try:
        function(*arguments)
    except OSError as error:
        return type(error).__name__
found = {
    "open": open("/data/a.csv").read(),
    "named": open(file="/data/a.csv").read(),
    "io": io.open("/data/a.csv").read(),
    "kept": Holder().read("/data/a.csv").read(),
    "path": pathlib.Path("/data/a.csv").read_text(),
    "loadtxt": np.loadtxt("/data/a.csv", delimiter=",").tolist(),
    "genfromtxt": np.genfromtxt("/data/a.csv", delimiter=",").tolist(),
    "list": sorted(os.listdir("/data")),
    "walk": [names for _folder, _folders, names in os.walk("/data")],
    "glob": [path.name for path in pathlib.Path("/data").glob("*.csv")],
    "exists": [os.path.exists("/data/a.csv"), os.path.isfile("/data/a.csv"), os.path.isdir("/data")],
    "absent": fails(open, "/data/absent-of-autograde"),
    "not_made": fails(open, "/data/absent-of-autograde/b", "w"),
    "other": fails(os.stat, "/data-of-others"),
    "ours": open(sys.argv[1] + "/a.csv").read(),
}
print(json.dumps(found))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no /data")
def test_each_way_of_reading(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1,2\n", "ascii")
    done = subprocess.run(
        [sys.executable, "-c", READ, str(tmp_path)], capture_output=True, text=True, check=False, timeout=180
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {found[name] for name in ("open", "named", "io", "kept", "path", "ours")} == {"1,2\n"}
    assert found["loadtxt"] == found["genfromtxt"] == [1.0, 2.0]
    assert found["list"] == found["glob"] == ["a.csv"]
    assert found["walk"] == [["a.csv"]]
    assert found["exists"] == [True, True, True]
    assert found["absent"] == found["not_made"] == found["other"] == "FileNotFoundError"
