"""What the storefront knows of the shop, asked of the engine over the commerce contract.

Duty: turn questions of the pages into operations of the generated client, and answers into plain frozen values.
Ban: nothing outside this package talks to the engine; nothing in it knows of requests, pages or HTML.
"""
