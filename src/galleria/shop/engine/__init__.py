"""The embedded commerce engine: Django and Oscar behind Magento's GraphQL contract.

Duty: owns the store's data.
Ban: no import of agent or storefront; answers shoppers through the contract only.
"""
