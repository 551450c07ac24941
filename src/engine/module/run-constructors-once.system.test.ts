import test from 'ava';
import { createRemedies } from '../remedies.ts';
import { readPackageModule, tuneModule } from './engine-module.ts';
import { limitMemory } from './limit-memory.ts';
import { runConstructorsOnce } from './run-constructors-once.ts';
import { readSections, sectionId, WasmFormatError } from './wasm-binary.ts';
import { op, type, writeModule } from './wasm-writer.ts';

const nop = 0x01;

/**
 * A module linked as a command: `count` is called by its constructors, and all exports except one
 * call those first.
 * @param parameters of the function that represents the constructors
 */
function commandModule({
  parameters = [] as number[],
  callers = 3,
  others = 1,
  othersBegin = nop,
} = {}): Uint8Array<ArrayBuffer> {
  const call = [...parameters.flatMap(() => [op.i32Const, 0]), op.call, 1];
  const functions = [
    { name: 'constructors', type: 1, locals: [type.i32], body: [op.call, 0] },
    ...Array.from({ length: callers }, (_, index) => ({ name: `f${index}`, type: 0, locals: [type.i64], body: call })),
    ...Array.from({ length: others }, (_, index) => ({
      name: `g${index}`,
      type: 0,
      locals: [],
      body: [othersBegin, op.call, 0].slice(othersBegin === op.call ? 1 : 0),
    })),
  ];
  return withGlobals(
    writeModule({
      types: [
        { parameters: [], results: [] },
        { parameters, results: [] },
      ],
      imports: [{ module: 'host', name: 'count', kind: 'function', type: 0 }],
      functions,
    }),
  );
}

/** The modules written here have no globals, and one linked by Rust always has some. */
function withGlobals(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const exports = readSections(module).find(({ id }) => id === sectionId.export);
  const at = (exports?.start ?? 0) - 2;
  const section = [sectionId.global, 6, 1, type.i32, 1, op.i32Const, 7, op.end];
  return Uint8Array.from([...module.subarray(0, at), ...section, ...module.subarray(at)]);
}

function countCalls(module: Uint8Array<ArrayBuffer>): () => number {
  let calls = 0;
  const count = () => {
    calls += 1;
  };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module), { host: { count } });
  const { f0, f1, f2 } = exports as Record<string, () => void>;
  return () => {
    for (const each of [f0, f1, f2, f0]) each?.();
    return calls;
  };
}

test('constructors run at the first call and never again', (t) => {
  const module = commandModule();
  t.is(countCalls(module)(), 4);
  const run = countCalls(runConstructorsOnce(module));
  t.is(run(), 1);
  t.is(run(), 1);
});

test('only one function and the list of globals of the engine package change, reproducibly', (t) => {
  const original = readPackageModule();
  const tuned = runConstructorsOnce(original);
  t.true(WebAssembly.Module.exports(new WebAssembly.Module(tuned)).length > 20);
  const contents = (module: Uint8Array) =>
    readSections(module).map(({ id, start, end }) => [id, Buffer.from(module.subarray(start, end))] as const);
  const changed = contents(original).flatMap(([id, before], index) => {
    const [, after = before] = contents(tuned)[index] ?? [];
    return before.equals(after)
      ? []
      : [
          {
            id,
            growth: after.length - before.length,
            head: 1 + sameAtStart(before.subarray(1), after.subarray(1)),
            tail: sameAtEnd(before, after),
            length: before.length,
          },
        ];
  });
  t.deepEqual(
    changed.map(({ id }) => id),
    [sectionId.global, sectionId.code],
  );
  // Everything before and after the new bytes is unchanged; the size of the section's one function
  // may have been rewritten.
  for (const { growth, head, tail, length } of changed) {
    t.true(growth > 0 && growth < 20);
    t.true(head + tail >= length - 4, `${head} + ${tail} of ${length} bytes are the same`);
  }
  t.deepEqual(runConstructorsOnce(original), tuned);
});

test('a module that does not look like a command is refused, and the package is used unchanged', (t) => {
  const refused = { instanceOf: WasmFormatError };
  t.throws(() => runConstructorsOnce(commandModule({ callers: 1, others: 4 })), {
    ...refused,
    message: /first call of most/,
  });
  t.throws(() => runConstructorsOnce(commandModule({ parameters: [type.i32] })), refused);
  t.throws(() => runConstructorsOnce(commandModule({ callers: 0, others: 5, othersBegin: op.call })), {
    ...refused,
    message: /import/,
  });
  t.throws(() => runConstructorsOnce(runConstructorsOnce(commandModule()).subarray(0, 60)), refused);
  t.throws(() => runConstructorsOnce(Buffer.from('no module')), { ...refused, message: /not a WebAssembly module/ });

  const remedies = createRemedies();
  const plain = commandModule({ callers: 1, others: 4 });
  t.deepEqual(tuneModule(plain, remedies).bytes, plain);
  t.deepEqual([...remedies.reasons.keys()], ['constructors']);
});

test('a memory limit is added to the engine, which has none', (t) => {
  const limited = limitMemory(readPackageModule(), 64 * 1024 * 1024);
  t.notThrows(() => new WebAssembly.Module(limited));
  t.throws(() => limitMemory(limited, 64 * 1024 * 1024), { instanceOf: WasmFormatError, message: /without a limit/ });
  t.throws(() => limitMemory(readPackageModule(), 100_000), {
    instanceOf: WasmFormatError,
    message: /needs at least \d+ bytes/,
  });
  t.throws(() => limitMemory(commandModule(), 1e6), { instanceOf: WasmFormatError, message: /no memory/ });
});

function sameAtStart(a: Buffer, b: Buffer): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}

function sameAtEnd(a: Buffer, b: Buffer): number {
  let count = 0;
  while (count < a.length && a[a.length - 1 - count] === b[b.length - 1 - count]) count += 1;
  return count;
}
