"""What every page needs of the web: cookies, forms that cannot be forged, headers, static files, safe HTML.

Duty: one place for each of them.
Ban: knows no product, cart or customer.
"""
