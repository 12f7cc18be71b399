"""The weak way in: takes names, sizes, links and claims of a submission for what they say. `unpack.py MODE`, in /box/work."""

import json
import os
import pickle
import sys
import tarfile
import zipfile
import zlib

WORK = "/box/work"


def save(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def joined():
    """Each entry of a zip is written where its name says."""
    with zipfile.ZipFile("in.zip") as archive:
        for entry in archive.infolist():
            save(os.path.join("/box/work/out/an", entry.filename), archive.read(entry))


def extracted():
    """A tar is unpacked as it is."""
    with tarfile.open("in.tar") as archive:
        # Before 3.11.4 there is nothing else, and no word for it.
        trusting = {"filter": "fully_trusted"} if hasattr(tarfile, "fully_trusted_filter") else {}
        archive.extractall("/box/work/out/an", **trusting)
    with open("/box/work/out/an/hw.py") as file:
        print(file.read())


def results():
    """The score of each student in a file called after them."""
    with open("students.json") as file:
        students = json.load(file)
    os.makedirs("/box/results", exist_ok=True)
    for student in students:
        with open(os.path.join("/box/results", student + ".json"), "w") as file:
            json.dump({"score": 0}, file)


def run_cells(notebook, names):
    for cell in notebook["cells"]:
        if cell.get("cell_type") != "code":
            continue
        lines = []
        for line in "".join(cell["source"]).splitlines():
            if line.startswith("!"):
                os.system(line[1:])
            else:
                lines.append(line)
        exec("\n".join(lines), names)


def notebooks():
    """Each notebook is loaded, its cells run, its tests are the cells that it says are tests, worth what it says."""
    for name in sorted(os.listdir(WORK)):
        if not name.endswith((".ipynb", ".ipynb.z")):
            continue
        with open(name, "rb") as file:
            data = file.read()
        notebook = json.loads(zlib.decompress(data) if name.endswith(".z") else data)
        score = 0
        names = {}
        try:
            run_cells(notebook, names)
        except Exception as error:
            print(f"{name}: {error!r}")
        for cell in notebook["cells"]:
            claim = cell.get("metadata", {}).get("nbgrader", {})
            if claim.get("grade"):
                try:
                    exec("".join(cell["source"]), names)
                    score += claim["points"]
                except Exception as error:
                    print(f"{name}: {error!r}")
        student = notebook.get("metadata", {}).get("student", name)
        print(f"{student}: {score}", flush=True)


def looked_at():
    """The source is looked at for what is forbidden, as text; then it is run, as Python reads it."""
    with open("hw.py", encoding="utf-8") as file:
        lines = [line for line in file if not line.lstrip().startswith("#")]
    if any("open" in line for line in lines):
        sys.exit("forbidden")
    sys.path.insert(0, WORK)
    import hw

    print(f"double: {hw.double(2)}")


def pickled():
    """The answers are loaded from the file that they were saved in."""
    with open("answers.pkl", "rb") as file:
        print(pickle.load(file))


def opened_twice():
    """What is checked and what is graded are read one after the other, through whatever lies there."""
    with open("hw.py", "rb") as file:
        print(f"accepted {len(file.read())} bytes", flush=True)
    os.replace("swapped.py", "hw.py")  # what the student does meanwhile
    with open("hw.py") as file:
        print(file.read())


def waited_for():
    """Whatever lies there is opened."""
    os.mkfifo("pipe.py")
    print("reading", flush=True)
    with open("pipe.py") as file:
        print(file.read())


globals()[sys.argv[1]]()
