"""What the examples are about: one order, what was decided about it, and its invoice."""

DECISION_ID = "c63074db0626af0d9be1cabdf30e89e1ff2508c9901bb2c615a31bb19c303eed"
ORDERED = "e242c01dcaaac0ee7e64d4f8b8c13fd208c96ea03783afc2a12c5ec52511bf51"
SHIPPED = "b71829f41af3fc33831e6fc2bdcb526c2d0a61320406d3e16b049d50e6a9cdf1"
RELEASE_ID = "e55bdb02607a84a94561444c69720b012055ec4fb2113e62764b132894e46964"
