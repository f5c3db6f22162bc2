"""The registry's history as Alembic revisions, shipped as package data.

Duty: brings a registry of any age to the newest schema.
Ban: never changes or removes an audit entry.
"""
