import ast

node = ast.UnaryOp(ast.USub(), None, lineno=1, col_offset=0)
node.operand = node
compile(ast.Expression(node), "<demo>", "eval")
