"""The store of artifacts: an OCI image layout on disk, written by releases and read by runtimes.

Duty: keep blobs under the digest of their bytes, and find a changed byte.
Ban: does not know what an artifact is for; imports no other package of the runner.
"""
