"""Which address leads to which page.

Duty: read a request, call one page or one act, answer with HTML or a redirect.
Ban: decides nothing about the shop; never asks the generated client.
"""
