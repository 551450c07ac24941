import test from 'ava';
import { conditionsWith, escapingConditions, replaceConditions } from '../../testing/rules/hostile-conditions.ts';
import { readPackageGlue, readPackageModule } from '../module/engine-module.ts';
import { takePrinted } from './console-output.ts';
import { HostFailure } from './host-failure.ts';
import { evaluateGlue, type GlueFunction } from './package-glue.ts';

const source = `rule a { strings: $a = "abc" $b = "bcd" condition: $a or ${Array.from({ length: 30 }, (_, i) => `(#b == ${i} and @b[${i + 1}] > ${i})`).join(' or ')} }`;

/** The only glue function with this source. */
function glueFunction(source: RegExp): GlueFunction {
  const functions = Object.values(evaluateGlue(readPackageGlue()).start?.imports() ?? {}).flatMap(Object.values);
  const [found] = functions.filter((each) => source.test(String(each)));
  if (found === undefined) throw new Error(`No function of the glue reads like ${String(source)}.`);
  return found;
}

test('an engine started by the package itself refuses a condition module that imports what a scanner does not provide', (t) => {
  const module = new WebAssembly.Module(readPackageModule());
  for (const hostile of [
    escapingConditions('globalThis.ran = true'),
    conditionsWith([{ module: 'yara_x', name: 'constructor', kind: 'function', type: 1 }]),
    conditionsWith([{ module: 'yara_x::wasm', name: 'constructor', kind: 'function', type: 1 }]),
    conditionsWith([{ module: 'yara_x', name: 'main_memory', kind: 'function', type: 1 }]),
    // The right form, but an unknown function.
    conditionsWith([{ module: 'yara_x::wasm', name: 'constructor@@', kind: 'function', type: 1 }]),
    conditionsWith([{ module: 'yara_x::modules::constructor', name: 'constructor@@', kind: 'function', type: 1 }]),
  ]) {
    const { api } = evaluateGlue(readPackageGlue());
    const { memory } = api.initSync({ module });
    const compiler = new api.Compiler();
    compiler.addSource(source);
    const rules = compiler.build();
    replaceConditions(new Uint8Array(memory.buffer), hostile);
    t.throws(() => rules.scan(Buffer.from('abc')), { instanceOf: WebAssembly.RuntimeError });
    t.false('ran' in globalThis);
    t.deepEqual(Object.keys(Object.prototype), []);
  }
});

test('the engine can look up properties only on objects that it made', (t) => {
  const get = glueFunction(/const ret = Reflect\.get\(arg0, arg1\);/);
  const set = glueFunction(/const ret = Reflect\.set\(arg0, arg1, arg2\);/);
  const make = glueFunction(/const ret = new Object\(\);/);
  const refusal = (action: () => unknown): unknown => {
    // The glue tries to pass an error to the engine, which was not started.
    try {
      return action();
    } catch {
      return HostFailure;
    }
  };
  const made = make();
  t.is(get(made, 'constructor'), undefined);
  t.is(get(made, '__proto__'), undefined);
  t.true(set(made, '__proto__', 1));
  t.is(get(made, '__proto__'), 1);
  for (const target of [{}, [], () => undefined, 'text', new WebAssembly.Memory({ initial: 0 })]) {
    t.is(
      refusal(() => get(target, 'constructor')),
      HostFailure,
    );
    t.is(
      refusal(() => set(target, '__proto__', made)),
      HostFailure,
    );
  }
});

test('the only global that the engine sees is the console, which prints to the current receiver', (t) => {
  // Without the table of references, which only a started engine has.
  const source = readPackageGlue().replaceAll('isLikeNone(ret) ? 0 : addToExternrefTable0(ret)', 'ret');
  const functions = Object.values(evaluateGlue(source).start?.imports() ?? {}).flatMap(Object.values);
  const globals = functions
    .filter((each) => /const ret = typeof (?:globalThis|global|self|window) ===/.test(String(each)))
    .map((each) => each());
  t.is(globals.length, 4);
  const [seen, ...others] = globals.filter((each) => each !== null);
  t.deepEqual(others, []);
  t.deepEqual(Reflect.ownKeys(Object(seen)), ['console']);
  t.is(Object.getPrototypeOf(seen), null);
  const printed: string[] = [];
  takePrinted(
    (text) => printed.push(text),
    () => Object(seen).console.log('a'),
  );
  t.deepEqual(printed, ['a']);
});
