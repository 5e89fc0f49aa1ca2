"""Alarms and a dashboard for whoever watches tollgate, as files; data only, nothing runs here.

    tollgate.rules.yaml   alert rules of Prometheus: each has a severity, a sentence and what to do
    grafana.json          a dashboard for Grafana 10 and newer: business above, technical below

`tollgate alarms FOLDER` writes them out. A shipment that missed its cut-off, a proof of delivery
that is late and an invoice that is blocked are alarms as much as a call that failed.

    critical   money or evidence is at stake now: somebody is woken
    warning    somebody must look within the working day
"""
