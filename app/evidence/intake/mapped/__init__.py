"""Feeds that are CSV, XLSX, fixed width or somebody else's JSON become facts by a mapping.

    model      what a mapping says, as data; people write it as YAML (rules/partners/README.md)
    paths      `tracking_details[*].status`: where in somebody's JSON a value stands
    records    a row or item as the mapping sees it: its values, its place, its digest
    tables     bytes of CSV and fixed width, row by row
    sheets     the sheet of a workbook, row by row, values as shown
    items      a JSON document, item by item
    texts      a number or moment as its sender writes it
    values     what the mapping says of one value, as the value itself
    shapes     the fields of an entity, filled
    facts      the facts of one row or item
    reading    the whole file: every row or item is a message of its own

Pure: bytes and a mapping in, values out. A row that does not fit is refused with its place
and keeps no other row from being read. Nothing is guessed: a code that no map knows is kept
as unmapped where the fact can say so, and refuses the row elsewhere.
"""
