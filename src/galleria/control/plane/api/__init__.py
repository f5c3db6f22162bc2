"""The plane's JSON API: HTTP in, services called, the envelope out.

Duty: turns requests into calls of services, and problems into failures.
Ban: decides nothing; no right is checked only here.
"""
