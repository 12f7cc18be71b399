"""How do results reach a learning platform? What Gradescope runs, and files for Canvas, Moodle and others; LTI comes later.

given                where marks come from: the gradebook, or a folder of results
matching             whose a row is: by ids, never by names
delimited, filling   a platform's own CSV, of which only a few cells change; headings, points, formulas help
place                how a file gets where it belongs
canvas, moodle_…, gradescope_marks, classroom50, nbgrader_database, marks_table   one file a format
comment              what a student is told beside the mark
"""
