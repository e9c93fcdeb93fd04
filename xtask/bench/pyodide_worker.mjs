// Pyodide under Node.js, as a worker: the same interpreter, run by V8. See `protocol.py` for what is asked and answered.
//
//     node pyodide_worker.mjs PYODIDE_FOLDER          answers requests
//     node pyodide_worker.mjs PYODIDE_FOLDER start    prints once and ends

import { writeSync } from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';

const folder = path.resolve(process.argv[2]);
const { loadPyodide, version } = await import(pathToFileURL(path.join(folder, 'pyodide.mjs')));
const quiet = { stdout: () => {}, stderr: () => {} };

if (process.argv[3] === 'start') {
  const python = await loadPyodide({ ...quiet, stdout: (line) => writeSync(1, `${line}\n`) });
  python.runPython('print(1)');
  process.exit(0);
}

let snapshot;
let session;
let names;

const timed = async (action) => {
  const started = performance.now();
  const value = await action();
  return [(performance.now() - started) / 1000, value];
};

const repeated = async (action, count) => {
  const seconds = [];
  for (let index = 0; index < count; index++) seconds.push((await timed(action))[0]);
  return { seconds };
};

const each = async (action, arguments_) => {
  const seconds = [];
  for (const argument of arguments_) seconds.push((await timed(() => action(argument)))[0]);
  return { seconds };
};

const operations = {
  hello: () => ({ version: `${version} on Node ${process.versions.node}` }),

  async load({ source }) {
    session ??= await loadPyodide(quiet);
    names?.destroy();
    names = session.toPy({ __name__: 'program' });
    session.runPython(source, { globals: names });
    return {};
  },

  async run({ size }) {
    const [seconds] = await timed(() => session.runPython(`value = run(${size})`, { globals: names }));
    return { seconds, value: session.runPython('repr(value)', { globals: names }) };
  },

  async fresh({ count }) {
    snapshot ??= (await loadPyodide({ ...quiet, _makeSnapshot: true })).makeMemorySnapshot();
    return repeated(async () => {
      const python = await loadPyodide({ ...quiet, _loadSnapshot: snapshot });
      if (python.runPython('1+1') !== 2) throw new Error('1+1');
    }, count);
  },

  async calls({ call, count }) {
    session ??= await loadPyodide(quiet);
    session.globals.set('echo', (text) => text);
    session.globals.set('forecast', (city, days) => session.toPy({ city, celsius: Array(days).fill(21.5) }));
    const source = { text: "echo('hello')", record: "forecast('Paris', 3)" }[call];
    if (source === undefined) throw new Error(`it has no ${call}`);
    const [seconds] = await timed(() => session.runPython(`for _ in range(${count}):\n    ${source}`));
    return { seconds };
  },

  async warm({ cells }) {
    session ??= await loadPyodide(quiet);
    session.runPython('x = 0');
    return each((cell) => session.runPython(cell), cells);
  },
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { op, ...request } = JSON.parse(line);
  let answer;
  try {
    answer = await operations[op](request);
  } catch (error) {
    answer = { error: String(error).trim().split('\n').pop() };
  }
  writeSync(1, `${JSON.stringify(answer)}\n`);
}
process.exit(0);
