"""Secret references and providers.

Duty: generate and inject secret values at run time.
Ban: a value is never printed, logged, serialised or sent to the plane.
"""
