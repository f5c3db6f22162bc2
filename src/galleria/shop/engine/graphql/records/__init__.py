"""What the contract knows of carts, orders and customers and Oscar has no place for.

Duty: side tables of Oscar's models, one row each, and what has no counterpart there (tokens, compare lists).
Ban: no card data, ever; no rule of trade.
"""
