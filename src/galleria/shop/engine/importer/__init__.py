"""Takes a merchant's own catalogue files.

Duty: reads a file row by row, says of every row that can't be taken its line and why, and puts the rest on the shelf in
one transaction. The same file a second time changes nothing.
Ban: never half an import; never a path that the file names outside the media folder it came with.
"""
