import csv
import io

text = 'name,qty,note\r\n"Smith, J",5,"says ""hi"""\nx,,"two\nlines"\n\n y , 7 ,\n'
for row in csv.reader(io.StringIO(text)):
    print(row)
r = csv.DictReader(io.StringIO("a,b\n1,2\n3\n4,5,6\n"), restkey="rest", restval="-")
print(r.fieldnames, list(r), r.line_num)
out = io.StringIO()
w = csv.writer(out)
print(w.writerow(["a", 1, None, 2.5, 'q"', "c,d", "e\nf", True, ""]))
w.writerows([[1], ["", ""], [" s "]])
csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n").writerow([1, "a;b", None])
csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n").writerow([1, "a", 2.5])
csv.writer(out, quoting=csv.QUOTE_NONE, escapechar="\\", lineterminator="\n").writerow(["a,b", 'q"', "c\\d"])
csv.writer(out, quoting=csv.QUOTE_STRINGS, lineterminator="\n").writerow([1, "a", None])
csv.writer(out, "excel-tab").writerow(["a\tb", 2])
csv.writer(out, quotechar="'", doublequote=False, escapechar="!").writerow(["it's, ok"])
print(repr(out.getvalue()))
dw = csv.DictWriter(out := io.StringIO(), ["x", "y"], restval="?", extrasaction="ignore")
dw.writeheader()
dw.writerows([{"x": 1, "y": 2}, {"x": 3, "z": 4}])
print(out.getvalue().splitlines())
print(list(csv.reader(["1 2  3"], delimiter=" ", skipinitialspace=True)), list(csv.reader(['"a",1.5'], quoting=csv.QUOTE_NONNUMERIC)), list(csv.reader(["a'b,c'd"], quotechar="'")), list(csv.reader(['a\\,b'], escapechar="\\")))
for bad in ["list(csv.reader(['\"a'], strict=True))", "list(csv.reader(['\"a\"b'], strict=True))", "list(csv.reader([5]))", "csv.reader([], delimiter='ab')", "csv.reader([], 'nope')", "csv.writer(5)", "csv.writer(io.StringIO()).writerow(5)", "csv.writer(io.StringIO(), quoting=csv.QUOTE_NONE).writerow(['a,b'])", "csv.DictWriter(io.StringIO(), ['a']).writerow({'b': 1})", "list(csv.reader([b'a']))", "csv.reader([], quoting=99)", "csv.reader([], delimiter='\\n')", "list(csv.reader(['x' * 200000]))", "list(csv.reader(['a,b'], quoting=csv.QUOTE_NONNUMERIC))"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
csv.register_dialect("pipes", delimiter="|", quoting=csv.QUOTE_MINIMAL)
print(sorted(csv.list_dialects()), list(csv.reader(["a|b"], "pipes")), csv.get_dialect("pipes").delimiter, csv.Sniffer().sniff("a;b;c\n1;2;3\n").delimiter, csv.Sniffer().has_header("name,age\nann,5\nbob,6\n"), csv.field_size_limit())
csv.unregister_dialect("pipes")
