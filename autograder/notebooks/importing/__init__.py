"""How does somebody else's nbgrader course become one of ours? Read, taken apart, written anew; nothing of it is run.

source   which notebooks are there, and what is each cell?
code     what does a cell's code define and use, and which of it is the solution?
refused  which test cells cannot run here, and why?
asserts  how does an assert show what it found?
suite    how does a test cell become a check?
text     what becomes of the text and its pictures?
"""
