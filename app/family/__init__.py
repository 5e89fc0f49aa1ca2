"""What was billed for a unit so far: one family of invoices with one balance, and what comes next.

document   one invoice of the family, its lines to the cent as they went out
family     all of them: balance, live lines, state, and the moves that are allowed
estimate   how much of what is owed goes out provisionally, by line
plan       what has to go out so that the family comes to what the unit comes to
allocation that a share of a load's charge and the shares of all others are that charge
proof      that it adds up, checked again from the cents themselves
"""
