"""Puts products on the shelf, many at once: what the importer reads and what the demo catalogue holds go the same way.

Duty: compares what is wanted with what is there and writes the difference, in few statements.
Ban: knows no file format; starts no transaction of its own: who calls decides what belongs together.
"""
