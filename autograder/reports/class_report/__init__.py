"""What does a class's work say as a whole? Figures first (`data`), then an edition to share, then files.

`data` goes once over what was handed in; `edition` takes out what could name a student; `html`, `json_file` and
`csv_files` only render.
"""
