"""The one public door: which host goes to which slot.

Duty: atomic route changes in Caddy.
Ban: never reads what passes through the door.
"""
