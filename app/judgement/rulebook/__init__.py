"""The rules as data, and everything they may look at.

    model       a rule pack: checklists, permissions, the glossary, the hold catalogue
    seen        what rules look at: typed values with the facts they come from
    view        the priced unit as those values (view_items: what there may be several of)
    second_key  Python generated from the model (generated): the second opinion
    looked      what every condition saw, as bits; the trace is written from it
    key         what any key must answer

The first key lives in `infrastructure/engine`; the two share the model and nothing else.
"""
