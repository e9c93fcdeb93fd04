"""Checks the IBANs in a column of a CSV file: python check.py FILE COLUMN"""

import csv
import pathlib
import re
import sys

TABLE = pathlib.Path(__file__).parent.parent / "references" / "lengths.csv"
LENGTHS = {row["country"]: int(row["length"]) for row in csv.DictReader(TABLE.open())}


def problem(iban):
    """Returns what is wrong with an IBAN by ISO 13616; None if nothing is."""
    number = re.sub(r"\s", "", iban).upper()
    if not number:
        return "it is empty"
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}", number):
        return "it is no IBAN"
    length = LENGTHS.get(number[:2], len(number))
    if len(number) != length:
        return f"it has {len(number)} characters, {number[:2]} has {length}"
    # The first four come last, letters count as 10 to 35.
    digits = "".join(str(int(character, 36)) for character in number[4:] + number[:4])
    return None if int(digits) % 97 == 1 else "the check digits are wrong"


def check(path, column):
    """Returns what is wrong with the IBANs of a column, in order."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    found = ((row, fields[column], problem(fields[column])) for row, fields in enumerate(rows, 1))
    return [{"row": row, "iban": iban, "problem": wrong} for row, iban, wrong in found if wrong]


if __name__ == "__main__":
    faults = check(*sys.argv[1:])
    for fault in faults:
        print(f"row {fault['row']}: {fault['iban']!r}: {fault['problem']}")
    print(f"{len(faults)} wrong")
