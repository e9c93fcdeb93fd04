#!/usr/bin/env node
// The oracle: runs programs under Pyodide in Node, the same CPython build that
// the sandbox runs, and says what they print. Where Pyodide cannot do what the sandbox
// does, another oracle does it: see AREA_ORACLES.
//
//   node oracle.mjs [options] FILE...
//     (no mode)          print one JSON line per program: file, stdout, stderr, exit
//     --write            write each program's stdout to the `.out` file beside it
//     --check            compare with the `.out` files; exit 1 on a difference
//     --isolate          one interpreter per program instead of one for all
//     --hash-seed N      PYTHONHASHSEED of the interpreter (default 0)
//     --copy HOST:GUEST  copy a folder into the interpreter's file system first
//     --arg TEXT         an argument for the programs (sys.argv), repeatable
//     --stream           pass the programs' output through instead of collecting it
//     --pyodide DIR      the `pyodide` package's folder (default: Node's resolution)
//     --python PROGRAM   the native CPython, 3.9 or newer (default: python3)
//
// A FILE that is a folder stands for all cases below it: the files that are named
// `area__behaviour.py`, except those in a folder `hostile`. Exit status: 0, 1 on a difference, 2 on wrong usage.

import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const HERE = dirname(fileURLToPath(import.meta.url));
const NOT_CASES = new Set(["hostile"]);
const CASE_NAME = /^[a-z0-9_]+__[a-z0-9_]+\.py$/;

/**
 * The oracles of the areas whose oracle is not Pyodide: functions that run one program.
 * `threads`: Pyodide has none, so a native CPython runs these with real ones.
 */
const AREA_ORACLES = { threads: runNatively };

class UsageError extends Error {}

function parseCommandLine(argv) {
  let parsed;
  try {
    parsed = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        write: { type: "boolean", default: false },
        check: { type: "boolean", default: false },
        isolate: { type: "boolean", default: false },
        stream: { type: "boolean", default: false },
        "hash-seed": { type: "string", default: "0" },
        copy: { type: "string", multiple: true, default: [] },
        arg: { type: "string", multiple: true, default: [] },
        pyodide: { type: "string" },
        python: { type: "string", default: "python3" },
      },
    });
  } catch (error) {
    throw new UsageError(error.message);
  }
  const options = { ...parsed.values, files: parsed.positionals.flatMap(programsIn) };
  if (options.files.length === 0) throw new UsageError("name at least one program or folder");
  if (options.write && options.check) throw new UsageError("`--write` and `--check` exclude each other");
  return options;
}

/** Every program that `path` stands for, in a stable order. */
function programsIn(path) {
  if (!existsSync(path)) throw new UsageError(`no such file or folder: \`${path}\``);
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const child = join(path, entry.name);
      if (entry.isDirectory()) return NOT_CASES.has(entry.name) ? [] : programsIn(child);
      return CASE_NAME.test(entry.name) ? [child] : [];
    });
}

function pyodideFolder(explicit) {
  if (explicit) return resolve(explicit);
  try {
    return dirname(createRequire(import.meta.url).resolve("pyodide/package.json"));
  } catch {
    throw new UsageError(`the package \`pyodide\` is not installed: run \`npm ci\` in \`${HERE}\`, or give --pyodide DIR`);
  }
}

/** Bytes that a program wrote to one of its streams. */
class Sink {
  constructor(passThrough) {
    this.passThrough = passThrough;
    this.chunks = [];
  }
  write = (bytes) => {
    if (this.passThrough) this.passThrough.write(Buffer.from(bytes));
    else this.chunks.push(Buffer.from(bytes));
    return bytes.length;
  };
  take() {
    const text = Buffer.concat(this.chunks).toString("utf8");
    this.chunks = [];
    return text;
  }
}

/** One interpreter, and the harness inside it that runs programs. */
class Oracle {
  static async boot(options) {
    const folder = pyodideFolder(options.pyodide);
    const { loadPyodide } = await import(pathToFileURL(join(folder, "pyodide.mjs")));
    const python = await loadPyodide({
      indexURL: folder + "/",
      env: { HOME: "/home", PYTHONHASHSEED: options["hash-seed"] },
    });
    for (const pair of options.copy) copyFolder(python, pair);
    return new Oracle(python, options);
  }

  constructor(python, options) {
    this.python = python;
    this.stdout = new Sink(options.stream ? process.stdout : null);
    this.stderr = new Sink(options.stream ? process.stderr : null);
    python.setStdout({ write: this.stdout.write });
    python.setStderr({ write: this.stderr.write });
    python.setStdin({ stdin: () => null });
    copyFolder(python, `${join(HERE, "oracle")}:/oracle/oracle`);
    this.harness = python.runPython(`
import sys
sys.path.append("/oracle")
from oracle.program import Baseline, install_event_loop, run_program
install_event_loop()
baseline = Baseline()
lambda source, name, arguments: run_program(baseline, source, name, list(arguments))
`);
  }

  /** Runs one program. `fatal` is set when the interpreter itself died. */
  run(file, programArguments) {
    const source = readFileSync(file, "utf8");
    let exit = null;
    let fatal;
    try {
      exit = this.harness(source, basename(file), this.python.toPy(programArguments));
    } catch (error) {
      fatal = String(error).slice(0, 2000);
    }
    const result = { file, stdout: this.stdout.take(), stderr: this.stderr.take(), exit };
    return fatal === undefined ? result : { ...result, fatal };
  }
}

function copyFolder(python, pair) {
  const split = pair.lastIndexOf(":");
  if (split <= 0) throw new UsageError(`\`--copy\` wants HOST:GUEST, got \`${pair}\``);
  const [host, guest] = [pair.slice(0, split), pair.slice(split + 1)];
  const copy = (from, to) => {
    if (statSync(from).isDirectory()) {
      python.FS.mkdirTree(to);
      for (const name of readdirSync(from)) {
        if (name !== "__pycache__") copy(join(from, name), `${to}/${name}`);
      }
    } else {
      python.FS.writeFile(to, readFileSync(from));
    }
  };
  copy(host, guest);
}

/** Runs a program under the native CPython, in an empty folder. */
function runNatively(file, options) {
  const folder = mkdtempSync(join(tmpdir(), "oracle-"));
  try {
    const child = spawnSync(options.python, [resolve(file), ...options.arg], {
      cwd: folder,
      encoding: "utf8",
      env: { PATH: process.env.PATH, HOME: folder, PYTHONHASHSEED: options["hash-seed"], PYTHONDONTWRITEBYTECODE: "1" },
      input: "",
    });
    if (child.error) throw new UsageError(`\`${options.python}\` cannot be run: ${child.error.message}`);
    const result = { file, stdout: child.stdout, stderr: child.stderr, exit: child.status };
    return child.signal ? { ...result, fatal: `signal ${child.signal}` } : result;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The oracle of the area that a case belongs to, null where that is Pyodide. */
function areaOracle(file) {
  return CASE_NAME.test(basename(file)) ? AREA_ORACLES[basename(file).split("__")[0]] ?? null : null;
}

const expectedFile = (file) => file.replace(/\.py$/, ".out");

/** The exit status that a program must have: 0, or what its `.exit` file says. */
function expectedExit(file) {
  const sidecar = file.replace(/\.py$/, ".exit");
  return existsSync(sidecar) ? Number(readFileSync(sidecar, "utf8")) : 0;
}

/** Why a result cannot be an expectation, or null. */
function unusable(result) {
  if (result.fatal) return `the interpreter died: ${result.fatal}`;
  if (result.exit !== expectedExit(result.file)) {
    return `exit status ${result.exit}\n${result.stderr}`;
  }
  return null;
}

/** Reports one program in the mode asked for; returns whether all is well. */
function report(result, options) {
  if (options.stream) return result.exit === 0;
  if (!options.write && !options.check) {
    console.log(JSON.stringify(result));
    return true;
  }
  const problem = unusable(result);
  if (problem !== null) {
    console.error(`${result.file}: ${problem}`);
    return false;
  }
  const out = expectedFile(result.file);
  if (options.write) {
    writeFileSync(out, result.stdout);
    return true;
  }
  if (existsSync(out) && readFileSync(out, "utf8") === result.stdout) return true;
  console.error(`${result.file}: prints something other than \`${basename(out)}\``);
  return false;
}

async function main() {
  const options = parseCommandLine(process.argv.slice(2));
  let oracle = null;
  let bad = 0;
  for (const file of options.files) {
    const ofArea = areaOracle(file);
    if (ofArea === null && oracle === null) oracle = await Oracle.boot(options);
    const result = ofArea === null ? oracle.run(file, options.arg) : ofArea(file, options);
    if (!report(result, options)) bad += 1;
    if (ofArea === null && (options.isolate || result.fatal)) oracle = null;
  }
  if (options.write || options.check) {
    console.error(`${options.files.length} programs, ${bad} with a problem`);
  }
  process.exitCode = bad === 0 ? 0 : 1;
}

main().catch((error) => {
  console.error(error instanceof UsageError ? `oracle: ${error.message}` : error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
