"""Pages in a browser: what people look at, and the forms by which they act.

    pages           renders a template; every page and fragment goes through it
    forms           whether what is posted was filled in on a page of ours
    static_files    style, script and mark, from memory
    shell           identity, errors and headers around all pages
    identity        who looks: chosen on this machine, or signed in with a key
    sign_in         the page on which that is said

and one file a page. A handler shows what an operation returns, or posts to one and moves on; it
computes nothing. Pages work without a script and load nothing from elsewhere.
"""

from app.entrypoints.console.acts import approve, assign, attach, take_back, waive
from app.entrypoints.console.board import show_board
from app.entrypoints.console.customer import show_customer, show_customer_unit
from app.entrypoints.console.decision import replay, show_decision
from app.entrypoints.console.forecast import show_forecast
from app.entrypoints.console.kpis import show_kpi, show_kpis
from app.entrypoints.console.messages import send_paper, send_raw, show_message, show_source
from app.entrypoints.console.offered import show_offered
from app.entrypoints.console.provisionals import show_provisionals
from app.entrypoints.console.rights import show_rights
from app.entrypoints.console.rules import show_pack, show_packs, show_rule
from app.entrypoints.console.search import search
from app.entrypoints.console.sign_in import show_sign_in, sign_in, sign_out
from app.entrypoints.console.static_files import send_static
from app.entrypoints.console.unit import show_changes, show_unit, show_unlocking
from app.entrypoints.console.units import show_units
from app.entrypoints.console.work_list import show_work_list

ROUTES = (
    send_static,
    show_sign_in,
    sign_in,
    sign_out,
    show_work_list,
    show_packs,
    show_pack,
    show_rule,
    show_customer,
    show_customer_unit,
    search,
    show_units,
    show_board,
    show_provisionals,
    show_rights,
    show_forecast,
    show_unit,
    show_unlocking,
    show_changes,
    show_decision,
    replay,
    show_message,
    show_source,
    send_raw,
    send_paper,
    show_offered,
    attach,
    approve,
    waive,
    take_back,
    assign,
    show_kpis,
    show_kpi,
)
"""What the console answers. Each handler says in `opt` what one must be allowed to do there
(`{"may": May.REPLAY}`); without a word it is `May.LOOK`."""
