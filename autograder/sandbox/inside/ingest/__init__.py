"""What was handed in, read where it can do no harm: archives, notebooks and texts, in a worker of its own.

`reader` answers the request; each other module knows one format. Nothing here touches a path, and nothing runs.
"""
