import test from 'ava';
import fc from 'fast-check';
import { bridgeName, writeBridge } from './condition-bridge.ts';
import type { ConditionFunction } from './engine-module.ts';

const address = 4096;
const letters = fc.string({ unit: fc.constantFrom('i', 'I', 'f', 'F'), maxLength: 5 });
const integer = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const valuesOf = (letter: string) =>
  letter === 'I' ? fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) : letter === 'i' ? integer : fc.float();

/** Reads or writes the values where the engine has its arguments and results. */
function createPlaces(memory: WebAssembly.Memory) {
  const view = () => new DataView(memory.buffer, address);
  return {
    read: (types: string) =>
      [...types].map((letter, at) => {
        if (letter === 'I') return view().getBigInt64(8 * at, true);
        if (letter === 'i') return view().getInt32(8 * at, true);
        return letter === 'f' ? view().getFloat32(8 * at, true) : view().getFloat64(8 * at, true);
      }),
    write: (types: string, values: readonly (number | bigint)[]) => {
      for (const [at, letter] of [...types].entries()) {
        if (letter === 'I') view().setBigInt64(8 * at, BigInt(values[at] ?? 0), true);
        else if (letter === 'i') view().setInt32(8 * at, Number(values[at]), true);
        else if (letter === 'f') view().setFloat32(8 * at, Number(values[at]), true);
        else view().setFloat64(8 * at, Number(values[at]), true);
      }
    },
  };
}

test('every function passes its arguments and results, of whatever types, with its own index', (t) => {
  const signature = fc.tuple(letters, letters).chain(([parameters, results]) =>
    fc.record({
      parameters: fc.constant(parameters),
      results: fc.constant(results),
      given: fc.tuple(...[...parameters].map(valuesOf)),
      returned: fc.tuple(...[...results].map(valuesOf)),
    }),
  );
  fc.assert(
    fc.property(fc.array(signature, { minLength: 1, maxLength: 150 }), (signatures) => {
      const functions = signatures.map(
        ({ parameters, results }, index): ConditionFunction => ['yara_x::wasm', `f${index}`, parameters, results],
      );
      const memory = new WebAssembly.Memory({ initial: 1 });
      const places = createPlaces(memory);
      const calls: unknown[] = [];
      const call = (index: number) => {
        const { parameters = '', results = '', returned = [] } = signatures[index] ?? {};
        calls.push(index, places.read(parameters));
        places.write(results, returned);
      };
      const module = new WebAssembly.Module(writeBridge(functions, address));
      const { exports } = new WebAssembly.Instance(module, { engine: { memory, call } });
      for (const [index, { results, given, returned }] of signatures.entries()) {
        calls.length = 0;
        const result: unknown = (exports[bridgeName(index)] as (...values: unknown[]) => unknown)(...given);
        t.deepEqual(calls, [index, given]);
        t.deepEqual(results.length === 1 ? [result] : [...((result as Iterable<unknown> | undefined) ?? [])], returned);
      }
    }),
    { numRuns: 20 },
  );
});

test('a function with a value of an unknown type is an error', (t) => {
  t.throws(() => writeBridge([['yara_x::wasm', 'f', 'v', '']], address), { message: /unknown type v/ });
});
