"""Hostile probes: what a worker must not be able to do, tried out in a real one.

`program.py` is what is loaded into the worker, `table.py` says which layers stop each probe, `scene.py` makes what they
act on, `run.py` carries them out. The canaries (`sandbox.canaries`) are the few that each run begins with; the ablation
matrices (`tests/ablation`) take all of them, with one layer after another left out.
"""
