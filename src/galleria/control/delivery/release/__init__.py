"""Releases: build artifacts from a clean revision, sign, store, verify and promote them.

Duty: the same revision always gives the same digests; what is not signed by a trusted key is refused.
Ban: no store, no plane, no network except the package index while building.
"""
