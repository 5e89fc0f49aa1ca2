"""Events leave for the outside: one sender a kind of destination, one interface for all.

    sender      what every sender does: send one event, or say why not and whether to try again
    connector   what a billing system or ERP must be able to do
    send_invoice, surplus   how an invoice is sent to one, and what a doubled request left there
    tryton, tryton_values   the connector of Tryton 8.2, and Tryton's JSON
    rest_by_mapping         the connector of whatever a mapping file describes
    erp_http    one request of either, with every way it can fail
    webhook     a URL, signed as Standard Webhooks
    file        a folder that somebody else empties
    senders     the sender of each destination, made when it is needed

Senders hold no state that matters: what was sent, how often and with what answer is rows.
"""
