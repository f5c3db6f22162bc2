"""What each page shows.

Duty: decide, from data and the request's plain parameters, what a template gets.
Ban: asks the data package only; sees no request, sets no cookie, opens no connection.
"""
