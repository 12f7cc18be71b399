"""How do results reach a learning platform? What Gradescope runs; LTI and files for others come later."""
