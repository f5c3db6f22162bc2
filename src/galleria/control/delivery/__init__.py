"""The runner: claims deployments and carries them out step by step.

Duty: stages, smoke gate, rollback.
Ban: never opens the registry; it speaks to the plane over HTTP only.
"""
