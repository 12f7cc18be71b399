"""What does the course say? The two content folders, their manifests, stubs, banks and versions.

from autograder.course import find_course
course = find_course()
assignment = course.assignment("…")
"""

from __future__ import annotations

from autograder.course.bank import Entry, compose, mistakes, variants
from autograder.course.find import find_course
from autograder.course.manifest import Assignment, Course, Function, Limits, load_course
from autograder.course.stub import cut
from autograder.course.version import INPUT_SETS, course_version, input_set, suite_version

__all__ = [
    "INPUT_SETS",
    "Assignment",
    "Course",
    "Entry",
    "Function",
    "Limits",
    "compose",
    "course_version",
    "cut",
    "find_course",
    "input_set",
    "load_course",
    "mistakes",
    "suite_version",
    "variants",
]
