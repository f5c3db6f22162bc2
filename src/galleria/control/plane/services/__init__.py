"""What the plane does, as plain typed functions that the JSON API and the UI both call.

Duty: checks rights, decides, writes the registry and the audit in one transaction, then tells the listeners.
Ban: knows no HTTP; calls nothing but the registry and a shop agent's allowlisted operations.
"""
