import io

b = io.BytesIO()
b.seek(2**31 - 10)
b.write(b"x")
