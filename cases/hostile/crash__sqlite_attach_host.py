import sqlite3

sqlite3.connect(":memory:").execute("attach '/etc/passwd' as p")
