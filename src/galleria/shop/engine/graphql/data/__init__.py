"""Facts that the contract answers with: countries and their regions, currencies' signs.

Duty: data files and their reading.
Ban: nothing of one store.
"""
