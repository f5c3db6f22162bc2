"""Zone: one store. Every process in it belongs to exactly one store.

Duty: sell.
Ban: no import of control or cli; knows no other store.
"""
