import ast

ast.literal_eval("[" * 5000 + "]" * 5000)
