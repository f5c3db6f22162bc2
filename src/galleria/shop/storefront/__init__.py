"""The server-rendered shop pages.

Duty: show a fast, good shop.
Ban: sees the engine only through GraphQL.
"""
