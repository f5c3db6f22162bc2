"""The engine's commands: what the runner, the agent and the merchant start by command line.

Duty: each does one act and returns plain values that the dispatcher prints.
Ban: prints nothing itself, and nothing of customers or orders is among what it returns.
"""
