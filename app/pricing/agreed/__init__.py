"""What a card says: the terms of its charges, the rows of its tables, and how a row is found.

term flaw          what every charge declares, and what may be wrong with it
rows lanes         from when a row counts and was known, and for which lane
table_index        how it is found among a million
bands band_index   tables with bands in any number of dimensions
zip_ranges         lists by postal code
table_proof band_proof table_states    holes, overlaps and ties, before anything is priced
"""
