def assemble(source):
    program, labels = [], {}
    for line in source.splitlines():
        line = line.split("#")[0].strip()
        if line.endswith(":"):
            labels[line[:-1]] = len(program)
        elif line:
            op, *args = line.split()
            program.append((op, args))
    return [(op, [labels.get(a, a) for a in args]) for op, args in program]


def run(program, limit=1000):
    stack, names, pc, out = [], {}, 0, []
    for _ in range(limit):
        if pc >= len(program):
            return out
        op, args = program[pc]
        pc += 1
        match op, args:
            case "push", [n]:
                stack.append(int(n))
            case "add", []:
                stack.append(stack.pop() + stack.pop())
            case "mul", []:
                stack.append(stack.pop() * stack.pop())
            case "store", [name]:
                names[name] = stack.pop()
            case "load", [name]:
                stack.append(names[name])
            case "jz", [target]:
                if stack.pop() == 0:
                    pc = target
            case "jmp", [target]:
                pc = target
            case "print", []:
                out.append(stack.pop())
            case _:
                raise ValueError(f"bad instruction {op} {args} at {pc - 1}")
    raise TimeoutError(f"no end after {limit} steps")


factorial = """
    push 10
    store n
    push 1
    store acc
loop:
    load n
    jz done
    load acc
    load n
    mul
    store acc
    load n
    push -1
    add
    store n
    jmp loop
done:
    load acc
    print
"""
print(run(assemble(factorial)))
for source in ["x:\njmp x", "pop", "add", "load q", "push a"]:
    try:
        print(run(assemble(source)))
    except Exception as error:
        print(type(error).__name__, error)
