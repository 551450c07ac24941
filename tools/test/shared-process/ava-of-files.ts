/**
 * The module `ava` of test files that share a process. It declares their tests together once all
 * files are loaded, with the name of the file before each title, and lets the files take turns.
 */
import ava from 'ava';
import { takeTurns } from './take-turns.ts';

type Declare = (...args: readonly unknown[]) => unknown;

/** Hooks that AVA runs for each test of the process: they would concern tests of other files. */
const perTest: readonly (string | symbol)[] = ['beforeEach', 'afterEach'];
const perProcess: readonly (string | symbol)[] = ['before', 'after'];

const declarations: (() => unknown)[] = [];
const fileOf = new Map<string, string>();
let loading = '';

/** Loads a test file. The titles of what it declares begin with `name`. */
export async function loadFile(name: string, load: () => Promise<unknown>): Promise<void> {
  const before = declarations.length;
  loading = name;
  await load();
  if (declarations.length === before) throw new Error(`No tests found in "${name}".`);
}

/** Declares the tests of all files to AVA, which starts them afterwards. */
export function declareTests(): void {
  const turns = takeTurns();
  // A hook, because the time that AVA reports of a test does not include its hooks.
  const hook = 'turn';
  ava.beforeEach(hook, (t) => turns.enter(fileOf.get(t.title.slice(`${hook} for `.length)) ?? ''));
  ava.afterEach.always(() => turns.leave());
  for (const declare of declarations) declare();
}

function withFile(file: string, [title, ...rest]: readonly unknown[]): readonly unknown[] {
  if (typeof title !== 'string') throw new TypeError(`A test in "${file}" has no title.`);
  const named = `${file} › ${title.trim().replaceAll(/\s+/g, ' ')}`;
  fileOf.set(named, file);
  return [named, ...rest];
}

/** Like a function of AVA, and those it has as properties, but what is declared waits for `declareTests`. */
function deferred(node: Declare, isHook = false): Declare {
  return new Proxy(node, {
    apply(target, self, args) {
      const declared = isHook ? args : withFile(loading, args);
      declarations.push(() => Reflect.apply(target, self, declared));
    },
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (!isFunction(value) || key === 'macro') return value;
      if (perTest.includes(key)) return refused;
      if (key !== 'skipIf' && key !== 'runIf') return deferred(value, isHook || perProcess.includes(key));
      return (condition: unknown) => {
        const chosen = Reflect.apply(value, target, [condition]);
        return isFunction(chosen) ? deferred(chosen) : chosen;
      };
    },
  });
}

function refused(): never {
  throw new Error(`"${loading}" has hooks for each test, which need a process of their own: see write-entries.ts.`);
}

function isFunction(value: unknown): value is Declare {
  return typeof value === 'function';
}

const test = isFunction(ava) ? deferred(ava) : ava;

// biome-ignore lint/style/noDefaultExport: test files import the default export of AVA.
export { test as default };
