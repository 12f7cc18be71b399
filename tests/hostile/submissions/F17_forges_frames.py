"""Writes replies of its own into every pipe that is open: forged, early, late and twice. `double` is wrong, `mean_square`
is right but answered twice, `shift` is right."""

import json
import os
import struct
import sys
import threading
import time

import numpy as np

OWN = {0, 1, 2}


def wire():
    for name, module in list(sys.modules.items()):
        if name.split(".")[-1] == "wire" and hasattr(module, "frame"):
            return module
    return None


def dig(name):
    frame = sys._getframe()
    while frame is not None:
        for names in (frame.f_locals, frame.f_globals):
            if name in names and names is not globals():
                return names[name]
        frame = frame.f_back
    return None


def everywhere(data):
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, data)
        except OSError:
            continue


def forged(number, verdict):
    sequence = dig("seq")
    sequence = 2 if sequence is None else sequence
    trees = [
        ["done", sequence + number, 0, ["ok", verdict, [], []]],
        ["done", sequence, number, ["passed", 1.0, [], []]],
        ["report", {"score": 100, "status": "graded", "passed": True}],
        ["ask", ["call", 0, [], []]],
        ["ready"],
    ]
    if wire() is not None:
        return [wire().frame(tree) for tree in trees]
    text = json.dumps({"passed": True, "value": 1.0, "score": 100}).encode()
    return [text + b"\n"]


def late():
    time.sleep(0.02)
    for frame in forged(1, True):
        everywhere(frame)


def double(x):
    for number in range(6):
        for frame in forged(number, True):
            everywhere(frame)
    if wire() is not None:
        everywhere(struct.pack("<IQ", 8, 2**60) + b"junk")
    threading.Thread(target=late, daemon=True).start()
    return 123.0


def mean_square(p, y):
    result = np.mean((np.asarray(p) - np.asarray(y)) ** 2)
    if wire() is not None:
        reply = ["done", dig("seq"), dig("number") or 0, ["ok", float(result), [], []]]
        everywhere(2 * wire().frame(reply))
    else:
        everywhere(b'{"passed": true}\n' * 2)
    return result


def shift(x):
    x = np.asarray(x, dtype=float)
    return x - np.mean(x)
