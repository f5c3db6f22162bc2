"""The append-only, hash-chained record of every act.

Duty: who did what to which store, when, with which outcome.
Ban: no update, no delete, no secret.
"""
