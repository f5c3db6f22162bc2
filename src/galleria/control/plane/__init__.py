"""The control plane's API and UI.

Duty: answers operators and records what is wanted.
Ban: asks, never acts; holds no runtime credential, opens no store's file.
"""
