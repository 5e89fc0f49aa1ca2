"""What people do in Tryton, run by Tryton's own Python: `open` the books, `pay` an invoice.

This file is no part of the tests' environment: `tests/real/tryton.py` starts it in the one that
`make tryton` made. What it prints is one line of JSON.
"""

import datetime as dt
import json
import sys
from decimal import Decimal
from typing import Any

import proteus  # type: ignore[import-not-found]

PARTIES = {"C-100": "Acme Foods", "C-200": "Globex"}
REVENUE = "4.1.2"
FUEL = "4.3.3"
TAX = "2.2.3"
RECEIVABLE = "1.2.1"


def open_books(database: str, config_file: str) -> dict[str, str]:
    """Company, chart, two fiscal years around today, parties, and a user with a key for REST."""
    config = proteus.config.set_trytond(database, config_file=config_file)
    from trytond.modules.account.tests.tools import (  # type: ignore[import-not-found]  # noqa: PLC0415
        create_chart,
        create_fiscalyear,
        get_accounts,
    )
    from trytond.modules.account_invoice.tests.tools import (  # type: ignore[import-not-found]  # noqa: PLC0415
        set_fiscalyear_invoice_sequences,
    )
    from trytond.modules.company.tests.tools import (  # type: ignore[import-not-found]  # noqa: PLC0415
        create_company,
        get_company,
    )
    from trytond.modules.currency.tests.tools import (  # type: ignore[import-not-found]  # noqa: PLC0415
        get_currency,
    )

    create_company(currency=get_currency("USD"), config=config)
    get_currency("CAD", config=config)
    create_chart(config=config)
    year = dt.datetime.now(dt.UTC).year  # the template is kept by it
    span = (dt.date(year - 1, 1, 1), dt.date(year + 1, 12, 31))
    fiscal_year = create_fiscalyear(today=span, config=config)
    set_fiscalyear_invoice_sequences(fiscal_year, config=config).click("create_period")
    _parties()
    _bank(get_accounts(config=config)["cash"])
    return {"key": _user_of_rest(get_company(config=config))}


def pay(url: str, password: str, number: str, amount: str) -> dict[str, str]:
    """Pay an invoice, or a part of it, as somebody does at the bank statement."""
    with proteus.config.set_xmlrpc_session(url, "admin", password):
        [invoice] = _model("account.invoice").find([("number", "=", number)])
        wizard = invoice.click("pay")
        [method] = _model("account.invoice.payment.method").find([("name", "=", "Bank")])
        wizard.form.payment_method = method
        wizard.form.amount = Decimal(amount)
        wizard.execute("choice")
        if wizard.form_state == "ask":
            wizard.form.type = "partial"
            wizard.execute("pay")
        invoice.reload()
        return {"state": invoice.state}


def _parties() -> None:
    for code, name in PARTIES.items():
        party = _model("party.party")(name=name, code=code)
        party.addresses[0].street = "1 Dock Road"
        party.save()


def _bank(account: Any) -> None:
    [journal] = _model("account.journal").find([("code", "=", "CASH")])
    method = _model("account.invoice.payment.method")(name="Bank", journal=journal)
    method.credit_account = method.debit_account = account
    method.save()


def _user_of_rest(company: Any) -> str:
    """Who may do accounting and nothing else."""
    user = _model("res.user")(name="Tollgate", login="tollgate")
    [accounting] = _model("res.group").find([("name", "=", "Accounting")])
    user.groups.append(accounting)
    user.companies.append(company)
    user.company = company
    user.save()
    application = _model("res.user.application")(user=user, application="rest")
    application.save()
    return str(application.key)


def _model(name: str) -> Any:
    return proteus.Model.get(name)


if __name__ == "__main__":
    act, *arguments = sys.argv[1:]
    print(json.dumps(open_books(*arguments) if act == "open" else pay(*arguments)))
