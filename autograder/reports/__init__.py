"""How is a graded result shown? One file per format; all are pure functions of the values in
`autograder.model`.

`text` the terminal, `html` pages, `results_json` and `marks_csv` files for programs, `write` puts them
on disk. `words` and `summary` are what they share. Nothing here prints, reads a clock or knows where it
runs.
"""
