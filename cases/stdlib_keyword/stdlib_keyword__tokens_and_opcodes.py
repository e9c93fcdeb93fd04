import keyword
import opcode
import token

print(keyword.kwlist, keyword.softkwlist)
print([w for w in ("if", "match", "print", "None", "true", "async", "_", "type") if keyword.iskeyword(w)], [w for w in ("match", "case", "type", "_", "if") if keyword.issoftkeyword(w)])
print(token.tok_name[token.NAME], token.EXACT_TOKEN_TYPES["->"] == token.RARROW, token.ISTERMINAL(1), token.ISEOF(0), len(token.EXACT_TOKEN_TYPES))
print(opcode.opname[opcode.opmap["NOP"]], "LOAD_CONST" in opcode.opmap, opcode.opmap["LOAD_CONST"] in opcode.hasconst, opcode.opmap["LOAD_NAME"] in opcode.hasname, opcode.cmp_op, opcode.stack_effect(opcode.opmap["NOP"]))
