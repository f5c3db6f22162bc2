"""Which stores exist, what each should run and what happened to them.

Duty: the plane's database.
Ban: no business data has a column here; only the plane opens it.
"""
