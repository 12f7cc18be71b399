"""How strong is a hidden suite? Small changes of the reference, and which checks notice them.

`operators` has the changes that fit any Python, `numeric` those that fit NumPy, `make` applies them to a source, `equivalent`
reads the argued list of those that no suite can tell from the reference, `matrix` grades them.
"""

from autograder.proof.mutants.equivalent import equivalents
from autograder.proof.mutants.make import Mutant, mutants
from autograder.proof.mutants.matrix import Fate, Matrix, kill_matrix

__all__ = ["Fate", "Matrix", "Mutant", "equivalents", "kill_matrix", "mutants"]
