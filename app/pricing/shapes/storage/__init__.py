"""Storage of a customer's stock at a warehouse for one storage period.

terms          what was agreed: the method, when a day or half a month counts, rates by age
kept           the stock of the period as the methods see it, and what they find is owed
anniversaries  a full charge at receipt of each lot and on each of its anniversaries
cycles         calendar and split month: at receipt, and on the first day of each cycle
days           pallet-days, and the average of the period
levels         the peak of the period, and what lies there on a named day
pricing        the lines

The methods as the trade publishes them: split month with the 15th as its cut-off (Shippers
Warehouse), half months that begin and end (East West), the peak of the period (ShipHero).
"""
