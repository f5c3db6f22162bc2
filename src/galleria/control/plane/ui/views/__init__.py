"""What the pages show, as frozen values worked out of wire types and the time.

Duty: decides every word, mark, link and number on a page, and is tested without a browser or a server.
Ban: no input or output, no template, no clock of its own.
"""
