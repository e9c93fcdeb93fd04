raise ValueError("x" * 500_000_000)
