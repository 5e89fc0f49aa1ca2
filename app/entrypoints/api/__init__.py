"""HTTP: systems hand in events, ask for charge decisions, and claim releases.

    events             bytes arrive
    feeds              bytes arrive by a partner's feed, and feed_door says who may bring them
    known_feeds        how it goes with every feed
    known_disputes     what customers dispute, and what was granted
    charge_decisions   asked, read again, explained, released
    quarantined        what could not be read, and is mended
    releases           claimed by token, read again, and the invoice they became
    shipments          what is known about one unit
    flows              how far it has come, step by step
    at_risk            what has to be billed by when, over all units
    probes             alive, and ready to work
    door               who may come in, and under whose name they act
    correlated         every request belongs to an affair
    asking             request bodies and their media, read strictly
    problems           the only place that knows which error is which status
    documentation      what the OpenAPI document says beside what the code says
    examples           what is sent, and what is answered to it

A handler calls one operation and hands back its canonical bytes; it decides nothing. Answers
with a 2xx status are committed before they are sent.
"""
