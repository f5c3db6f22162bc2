"""The operator's pages.

Duty: shows what the services know, and asks them what an operator asks for, as links and forms that need no JavaScript.
Ban: decides nothing about stores; everything goes through the plane's services.
"""

from galleria.control.plane.ui.site import mount

__all__ = ["mount"]
