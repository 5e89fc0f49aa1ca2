"""What a charge reckons with, and how it writes its line.

occasion               what one charge may look at; the one place that writes a line
lookup                 the one row that prices something, or why there is none
loads                  how a charge of a whole load comes to its shipments
counts mileage waiting increments    pieces, miles, time at a stop
classes band_measures  freight classes, and measures in the dimensions of a table
billed_period          the storage period, closed and the only one of its days
shipped_packages billable_weight zone_chart delivery_area    parcels: weight, zone, area
"""
