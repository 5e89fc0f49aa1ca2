"""Events leave for the outside: one sender a kind of destination, one interface for all.

    sender      what every sender does: send one event, or say why not and whether to try again
    connector   what a billing system or ERP must be able to do

Senders hold no state that matters: what was sent, how often and with what answer is rows.
"""
