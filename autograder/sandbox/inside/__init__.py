"""What runs beside student code, in the worker process. Holds no secret and trusts nothing but its own pipes.

These modules import the standard library, NumPy and msgpack only, never the rest of the package: the worker is
started with this folder alone, so that nothing of the grader, and nothing of a course, is in its memory or on its path.
The trusted side imports them too (`wire`, and `executor` to run the reference by the same rules).
"""
