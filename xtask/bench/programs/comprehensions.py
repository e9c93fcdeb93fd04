"""List, set and dict comprehensions with conditions and nesting."""

SMALL, LARGE = 60, 300


def run(n):
    grid = [[(row * column) % 17 for column in range(n)] for row in range(n)]
    turned = [[line[column] for line in grid] for column in range(n)]
    odd = {(row, column) for row in range(n) for column in range(row) if grid[row][column] & 1}
    counts = {value: sum(line.count(value) for line in turned) for value in range(17)}
    flat = [value for line in turned for value in line if value > 3]
    return len(odd), counts[5], sum(flat)
