"""The catalogue index: full text, facets, prices and order of what shoppers can find.

Duty: answers which products a query means, in which order, with which counts, without the database.
Ban: never the only place of a fact; whatever is in it can be made again from the database.
"""
