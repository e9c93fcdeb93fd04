import ast

tree = ast.Constant(1, also=("stopped stack",))
for _ in range(100000):
    tree = ast.UnaryOp(ast.USub(), tree)
compile(ast.fix_missing_locations(ast.Expression(tree)), "<demo>", "eval")
