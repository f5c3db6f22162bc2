"""The only code that calls a shop agent.

Duty: one method per allowlisted operation, each with its own short-lived token.
Ban: no other address is ever dialled from here.
"""
