"""Rows: the only package that speaks SQL.

`Database` opens and upgrades; `Store` is one tenant's rows inside one transaction, by subject:
`messages`, `facts`, `editions`, `decisions`, `releases`, `invoices`. The tenant is bound in
`tenant_rows.py` and nowhere else; `JobsDatabase` is where long work keeps its place. No clock and
no ids are made here: moments and ids are arguments. SQLite and PostgreSQL behave alike; where they
differ, a comment says so.
"""
