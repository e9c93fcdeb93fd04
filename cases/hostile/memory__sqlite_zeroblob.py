import sqlite3

sqlite3.connect(":memory:").execute("select zeroblob(2147483647)").fetchone()
