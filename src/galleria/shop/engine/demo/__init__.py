"""The demo catalogue: a brand of our own, its texts and pictures all made by this package.

Duty: fills a new store so that it looks like a shop on its first day.
Ban: reads nothing and fetches nothing; every picture is drawn here, so its licence is this project's.
"""
