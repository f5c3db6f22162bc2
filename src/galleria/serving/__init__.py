"""How a program of ours serves: one application on one Unix socket, gone within three seconds of being asked to go.

Duty: listening, draining, ending; the same for control plane, agent, engine and storefront.
Ban: imports observability only; knows nothing of what it serves.
"""
