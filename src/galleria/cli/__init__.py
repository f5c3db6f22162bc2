"""Zone: a person's machine. The command line.

Duty: an HTTP client of the plane, plus up and down.
Ban: imports no other zone; starts their programs by command line.
"""
