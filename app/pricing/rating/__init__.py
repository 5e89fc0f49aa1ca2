"""The rate card, the order of calculation, and one file per charge shape.

card       what was agreed: charges in invoice order, with their tables
proof flaw what is wrong with a card before anything is priced by it
rate       the order of calculation, from the unit to `Rated`
shapes/    how one kind of charge is worked out
rows lanes lookup      which row of a table counts: day, knowledge, lane
dating stop_clock counts claims mileage    what is read from the unit
stock calendar_months  what lay in the warehouse when, from its movements; anniversaries
loads      what rides together and how it shares
occasion wording       what a charge may look at, and how it writes its line
charge tie_out         what comes out, and whether it adds up
"""
