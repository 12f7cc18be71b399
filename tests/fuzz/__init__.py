"""Coverage-guided fuzzing of what takes bytes from others: `python -m tests.fuzz`, or `make fuzz`.

A target is a module of this package with

    seeds()             inputs to begin with, made here
    one(data)           treats one input; any exception is a finding
    mutate(data, seed)  another input, nearly as well-formed (optional)
    LONGEST             bytes of an input, at most

`make test` has the same judges without atheris: `tests/sandbox/test_fuzz_wire.py`, `tests/grading/test_fuzz_reports.py`.
"""
