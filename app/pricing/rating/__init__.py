"""The rate card and the order of calculation.

card       what was agreed: charges in invoice order, with their tables
rate       the order of calculation, from the unit to `Rated`
proof      what is wrong with a card before anything is priced by it
history    what of the past a new edition of a card would change
"""
