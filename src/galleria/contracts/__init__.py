"""The language the zones share: words, error codes, wire types and the contract files themselves.

Duty: frozen values that mean the same in every process.
Ban: no input, no output, no import of any other package of ours.
"""
