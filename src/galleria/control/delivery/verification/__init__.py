"""What a release must be before a store meets it: compatible contracts, and what else verification asks.

Duty: decide from texts and values alone what would break and why, in words an operator can act on.
Ban: no store, no plane, no network; nothing here starts a program.
"""
