"""Where instances run: the port, its null part and one package a runtime.

Duty: start, stop and observe a store's processes from an artifact.
Ban: no exec, no reading of a store's files, no import of shop code.
"""
