import type { ConditionFunction } from './engine-module.ts';
import { type FunctionType, op, signed, type, unsigned, writeModule } from './wasm-writer.ts';

/**
 * The module between conditions and the engine. It has one function for each one that a condition
 * may call: it stores the arguments where the engine expects them, calls the engine with the index
 * of the function, and loads the results. So no call leaves WebAssembly.
 */

interface ValueKind {
  readonly type: number;
  readonly load: number;
  readonly store: number;
}

/** By the letters of the manifest. */
const kinds: Readonly<Record<string, ValueKind>> = {
  i: { type: type.i32, load: op.i32Load, store: op.i32Store },
  I: { type: type.i64, load: op.i64Load, store: op.i64Store },
  f: { type: type.f32, load: op.f32Load, store: op.f32Store },
  F: { type: type.f64, load: op.f64Load, store: op.f64Store },
};
const bytesPerValue = 8;

function kindsOf(letters: string): ValueKind[] {
  return [...letters].map((letter) => {
    const kind = kinds[letter];
    if (kind === undefined) throw new Error(`The engine has a function with a value of the unknown type ${letter}.`);
    return kind;
  });
}

/** The name of the function with this index in the module. */
export function bridgeName(index: number): string {
  return String(index);
}

/**
 * Writes the module. It imports `memory` and `call` from `engine`.
 * @param address of the arguments and results in the engine's memory
 */
export function writeBridge(functions: readonly ConditionFunction[], address: number): Uint8Array<ArrayBuffer> {
  const start = [op.i32Const, ...signed(address)];
  /** Few signatures serve all functions. */
  const signatures = new Map<string, Signature>();
  const signatureOf = (parameters: string, results: string): Signature => {
    const key = `${parameters}>${results}`;
    const known = signatures.get(key);
    if (known !== undefined) return known;
    // The first type is that of the engine's function.
    const written = writeSignature(kindsOf(parameters), kindsOf(results), { type: signatures.size + 1, start });
    signatures.set(key, written);
    return written;
  };
  const written = functions.map(([, , parameters, results], index) => {
    const { type, stores, loads } = signatureOf(parameters, results);
    const body = stores.concat(op.i32Const, signed(index), op.call, 0, loads);
    return { name: bridgeName(index), type, locals: [], body };
  });
  return writeModule({
    types: [{ parameters: [type.i32], results: [] }, ...[...signatures.values()].map(({ of }) => of)],
    imports: [
      { module: 'engine', name: 'call', kind: 'function', type: 0 },
      { module: 'engine', name: 'memory', kind: 'memory' },
    ],
    functions: written,
  });
}

/** The code for the arguments and results of functions of one type. */
interface Signature {
  readonly of: FunctionType;
  /** Index into the types of the module. */
  readonly type: number;
  readonly stores: number[];
  readonly loads: number[];
}

/** @param options.start puts the address of the values on the stack */
function writeSignature(
  given: readonly ValueKind[],
  returned: readonly ValueKind[],
  { type, start }: { readonly type: number; readonly start: readonly number[] },
): Signature {
  const at = (place: number): number[] => [0, ...unsigned(place * bytesPerValue)];
  return {
    of: { parameters: given.map((kind) => kind.type), results: returned.map((kind) => kind.type) },
    type,
    stores: given.flatMap(({ store }, place) => [...start, op.localGet, place, store, ...at(place)]),
    loads: returned.flatMap(({ load }, place) => [...start, load, ...at(place)]),
  };
}
