"""What was decided and released reaches whoever wants to hear it, however often it takes.

    send_told       one turn of all of it, for whoever does it again and again
    fan_out         an event that was told becomes one sending for each destination that wants it
    send_due        sendings leave, each destination for itself
    patience        how long to wait before trying again, and when to leave a destination alone
    couriers        the threads, so that a destination that hangs holds up no other
    retry_sending   a person has what was given up tried again
    known_sendings  what is on its way, what has arrived and what was given up

What is sent may arrive twice, where a process dies between sending and noting it: an event always
has the same id, by which receivers tell. It is never noted as sent before it was.
"""
