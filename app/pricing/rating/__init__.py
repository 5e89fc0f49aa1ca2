"""The rate card, the order of calculation, and one file per charge shape.

card       what was agreed: charges in invoice order, with their tables
proof flaw what is wrong with a card before anything is priced by it
rate       the order of calculation, from the unit to `Rated`
shapes/    how one kind of charge is worked out
rows lanes lookup      which row of a table counts: day, knowledge, lane
table_index            and how it is found among a million
dating stop_clock counts claims mileage    what is read from the unit
waiting increments equipment_days          how time at a stop or a container's days count
stock calendar_months  what lay in the warehouse when, from its movements; anniversaries
loads      what rides together and how it shares
exchange   how a price in another currency comes onto the invoice
shipped_packages package_size billable_weight    a package and what it is billed as weighing
zip_ranges zone_chart delivery_area table_states    a carrier's lists by ZIP, and their proof
occasion wording       what a charge may look at, and how it writes its line
charge tie_out         what comes out, and whether it adds up
"""
