"""Predicted trouble: when a hold will clear, and whether a unit will miss its cut-off.

Nothing is assumed about the shape of waiting: it is looked up in what such holds did before.

Of a hold, the most specific history counts that has enough: its code at its carrier for its
customer, then for its customer, then at its carrier, then anywhere. Enough are 30 holds that had
lasted at least as long as this one has by now. If 30 of them are closed there is a forecast;
if not, there is none.

    curve           how many are still open after so many minutes, and what that says of one more
    clear_times     the curves of all groups, fitted to all spells: what is stored
    clears_in       when one hold clears: the middle, and an interval for 8 of 10
    misses_cutoff   how likely a unit's holds outlast its cut-off
    chance          what that comes to, and what else there is to say
    predicted       both for the holds of a work list
    words           each of them as a sentence
    table           what to expect of a hold from its opening, group by group

Holds that are still open count for as long as they have lasted (Kaplan and Meier, 1958), and so
do those whose unit went away and those that came back within seven days. The hold that is asked
about is itself counted as one more that has not cleared (Hill, 1968; Coolen and Yan, 2004): so the
interval needs no band of its own. With n holds that all cleared, it lies between two of the n
ordered times, and a further hold falls outside less often than it says, whatever the shape.

What it does not know: days of the week and holidays, and that times change. Where batches of
work end on one weekday and the cut-off is on a fixed one as well, it sees their average only.
"""
