# wheels: rich markdown_it_py mdurl pygments
import io

from rich.console import Console
from rich.markdown import Markdown
from rich.progress_bar import ProgressBar
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

console = Console(file=io.StringIO(), width=60, force_terminal=True, color_system="truecolor", legacy_windows=False, _environ={})
table = Table(title="Orders")
table.add_column("item", style="cyan")
table.add_column("count", justify="right")
table.add_row("apple", "10")
table.add_row("[b]bold[/b] 日本", "2")
console.print(table)
tree = Tree("root")
tree.add("leaf").add(Text("deep", style="red"))
console.print(tree)
console.print(Markdown("# Title\n\n* one\n* `two`\n\n1. *three*"))
console.print(Syntax("def f(x):\n    return x + 1", "python", background_color="default"))
console.print(ProgressBar(total=10, completed=4, width=20))
console.print({"a": [1, 2.5, None], "b": "text"})
print(console.file.getvalue().encode("unicode_escape").decode().replace("\\n", "\n"))
