"""What Magento knows of a catalogue and Oscar has no field for.

Duty: side tables of Oscar's catalogue, and the rules that read them: prices, stock, addresses.
Ban: knows no GraphQL and no file format; Oscar's own tables stay the first place for what they can hold.

An id here is what the contract's ``uid`` is made of, so ids never change: rows are updated, not made anew.
"""
