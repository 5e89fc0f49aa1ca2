"""A made-up week of a 3PL, as the files its systems would have sent; data, no code."""
