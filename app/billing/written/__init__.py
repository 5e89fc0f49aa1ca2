"""An invoice as bytes, in the forms that partners take it in.

x12        what both X12 forms share: circumstances, envelope, elements, references and parties
x12_810    the commercial invoice
x12_210    the motor carrier freight invoice
csv        one row a line, for spreadsheets

Pure: the invoice and the circumstances of its writing in, bytes out. What a form has no place or
code for is an `UnwritableInvoiceError` that names it: nothing is guessed, nothing is left away.
Amounts are the invoice's own to the cent and keep their sign: of a credit they are negative.
"""
