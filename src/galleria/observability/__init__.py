"""Logs, metrics, traces and the redaction every one of them passes through.

Duty: one way to say what happened.
Ban: imports contracts only; never writes a secret or a shopper's data.
"""
