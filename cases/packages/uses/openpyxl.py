# wheels: openpyxl et_xmlfile
import io
from datetime import date

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

book = Workbook()
sheet = book.active
sheet.title = "orders"
sheet.append(["item", "count", "on"])
for number, item in enumerate(["apple", "pear", "plüm"], start=1):
    sheet.append([item, number * 10, date(2026, 1, number)])
sheet["B5"] = "=SUM(B2:B4)"
sheet["A1"].font = Font(bold=True)
sheet.merge_cells("A6:C6")
file = io.BytesIO()
book.save(file)

again = load_workbook(io.BytesIO(file.getvalue()))
sheet = again["orders"]
for row in sheet.iter_rows(min_row=1, max_row=5, values_only=True):
    print(row)
print(sheet.dimensions, sheet["A1"].font.b, sheet.merged_cells.ranges, get_column_letter(703))
