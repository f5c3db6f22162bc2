"""The commerce contract served: documents in, Magento-shaped answers out.

Duty: parses, bounds, runs and caches GraphQL requests; turns Oscar's models into the contract's types.
Ban: knows no HTTP server (that is ``serve``) and reads no file of the store but through Django.

A resolver module offers ``BINDABLES``, a tuple of ariadne bindables, and is listed in ``schema.RESOLVER_MODULES``.
Resolvers are plain functions ``(parent, info, **arguments)``; ``info.context`` is a `context.RequestContext`. They
refuse with the classes of ``errors`` and name what an answer was made from with ``context.tag("product:12")``.
"""
