import sqlite3

try:
    sqlite3.connect(":memory:").load_extension("/lib/x.so")
    print("no error")
except BaseException as error:
    print(type(error).__name__)
