"""The merchant's admin: Oscar's dashboard, and what a merchant of this store needs beside it.

Duty: pages under ``/admin`` behind the merchant's own login.
Ban: serves no shopper; every page but the login asks for a member of the staff.
"""
