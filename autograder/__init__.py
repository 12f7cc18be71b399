"""An autograder for courses in which students write functions: see README.md in this folder for the rooms."""

__version__ = "0.1.0"
