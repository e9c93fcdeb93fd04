import ast

print(ast.literal_eval("[1, -2.5, 'a', b'b', (None, True), {1: {2}}, 1+2j, set()]"))
for bad in ["f()", "a", "1 + 1", "[x for x in y]", "__import__('os')", "1 +", "{**{}}", "'a' * 5", "lambda: 0", "--1" , "-'a'", "f'{1}'"]:
    try:
        print(bad, ast.literal_eval(bad))
    except (ValueError, SyntaxError) as error:
        print(bad, type(error).__name__, str(error).split(": <ast")[0])


class Fold(ast.NodeTransformer):
    def visit_BinOp(self, node):
        self.generic_visit(node)
        if isinstance(node.left, ast.Constant) and isinstance(node.right, ast.Constant):
            return ast.copy_location(ast.Constant(eval(compile(ast.Expression(node), "", "eval"))), node)
        return node


tree = ast.fix_missing_locations(Fold().visit(ast.parse("x = 2 * 3 + y * (4 - 1)")))
print(ast.unparse(tree))


class Names(ast.NodeVisitor):
    def __init__(self):
        self.names = []

    def visit_Name(self, node):
        self.names.append((node.id, type(node.ctx).__name__, node.lineno, node.col_offset))


v = Names()
v.visit(ast.parse("a = b\nc(d)"))
print(v.names, [type(n).__name__ for n in ast.walk(ast.parse("a + 1"))], ast.get_docstring(ast.parse("'''doc'''")), ast.get_source_segment("x = foo(1)", ast.parse("x = foo(1)").body[0].value))
tree = ast.Module([ast.Assign([ast.Name("z", ast.Store())], ast.Constant(42))], [])
space = {}
exec(compile(ast.fix_missing_locations(tree), "<demo>", "exec"), space)
print(space["z"], ast.Constant(5).value, ast.Name("x").ctx.__class__.__name__, ast.compare(ast.parse("a"), ast.parse("a")), list(ast.iter_fields(ast.Constant(1))), [type(n).__name__ for n in ast.iter_child_nodes(ast.parse("a;b"))])
for bad in ["compile(ast.Module([ast.Expr(5)], []), '', 'exec')", "compile(ast.Expression(ast.Name('x', ast.Store())), '', 'eval')", "compile(tree.body[0], '', 'exec')", "compile(ast.fix_missing_locations(ast.Module([ast.Return()], [])), '', 'exec')", "ast.parse('x', mode='bad')", "compile(ast.fix_missing_locations(ast.Expression(ast.Constant([]))), '', 'eval')", "ast.parse(5)", "compile(ast.fix_missing_locations(ast.Module([ast.Assign([], ast.Constant(1))], [])), '', 'exec')", "compile(ast.Module([ast.Pass(lineno=5, col_offset=0, end_lineno=1, end_col_offset=0)], []), '', 'exec')"]:
    try:
        eval(bad)
        print("ok", bad)
    except Exception as error:
        print(type(error).__name__, error)
print(ast.parse("x: int", type_comments=True).body[0].simple, ast.parse("(x)", mode="eval").body.end_col_offset, ast.dump(ast.parse("1", feature_version=(3, 8))))
