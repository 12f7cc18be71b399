"""What did students hand in on a learning platform? Its download becomes a folder to grade, one module a layout.

`collect` is the whole way; `container` opens a zip or a folder, and nothing in it is ever parsed but names.
"""
