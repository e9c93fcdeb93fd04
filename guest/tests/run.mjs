// Runs every test_*.py of this folder under Pyodide: the same CPython as in the sandbox.
//
//   node run.mjs [--pyodide DIR] [name …]     (DIR: the npm package `pyodide`; names: without test_ and .py)
//
// Without --pyodide the package is looked for in guest/node_modules. Exit status 1 if a test fails.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const words = process.argv.slice(2);
let directory = join(here, "..", "node_modules", "pyodide");
const option = words.indexOf("--pyodide");
if (option >= 0) directory = resolve(words.splice(option, 2)[1] ?? "");
if (!existsSync(join(directory, "pyodide.mjs"))) {
  console.error(`the npm package \`pyodide\` is not in ${directory}\n    hint: npm ci in guest/, or --pyodide DIR`);
  process.exit(2);
}

const { loadPyodide } = await import(pathToFileURL(join(directory, "pyodide.mjs")));
const pyodide = await loadPyodide();
const copy = (from, to) => {
  pyodide.FS.mkdirTree(to);
  for (const name of readdirSync(from).filter((name) => name.endsWith(".py"))) {
    pyodide.FS.writeFile(join(to, name), readFileSync(join(from, name)));
  }
};
copy(join(here, "..", "python", "exuvia"), "/exuvia-python/exuvia");
copy(here, "/exuvia-tests");

pyodide.globals.set("names", pyodide.toPy(words));
let failed;
try {
  failed = pyodide.runPython(`
import sys
sys.path[:0] = ["/exuvia-tests", "/exuvia-python"]
import stand_in
stand_in.run(names)
`);
} catch (error) {
  // The whole of Pyodide on one line comes with the stack otherwise.
  console.error(error.message);
  failed = 1;
}
process.exit(failed ? 1 : 0);
