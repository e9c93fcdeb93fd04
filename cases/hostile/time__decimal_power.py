import decimal

decimal.getcontext().prec = 10**6
decimal.Decimal(2) ** decimal.Decimal("0.5") ** 3
decimal.Decimal(3).exp().ln().exp()
