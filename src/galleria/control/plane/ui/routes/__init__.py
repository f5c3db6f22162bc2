"""The pages' addresses.

Duty: HTTP in, services called, a view worked out, a page or a redirect out.
Ban: decides nothing; no right is checked only here.
"""
