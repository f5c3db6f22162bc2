"""Zone: the fleet. Knows stores by id, revision and health.

Duty: what stores exist, what each should run, what happened.
Ban: nothing of a store's trade; no import of shop or cli.
"""
