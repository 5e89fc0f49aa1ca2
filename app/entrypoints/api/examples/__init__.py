"""Examples for the OpenAPI document: the tests send what is sent, and hold answers to their shape.

    sent               what is sent: a warehouse order of HALCYON, and a carrier's status
    names              what the answers are about: its facts, its decision, its release
    parameters         what paths, queries and headers say
    wrong              what is told of something wrong

and what is answered, in a file for each file of routes: `events`, `charge_decisions`, `releases`,
`shipments`, `flows`, `families`, `known_feeds`, `known_disputes`, `quarantined`, `sendings`,
`at_risk`.
"""
