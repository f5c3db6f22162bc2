"""The Shop Agent: the allowlisted operations, and nothing else.

Duty: verify a token, do one bounded operation, say what really happened.
Ban: no data, log or path leaves it; no import of engine or storefront.
"""
