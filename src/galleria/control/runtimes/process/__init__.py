"""The default runtime: sandboxed, supervised processes on this machine.

Duty: launcher, supervision, isolation probe.
Ban: a store's program is started by command line, never imported.
"""
