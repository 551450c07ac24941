import type { ConditionFunction } from './engine-module.ts';
import { type FunctionType, op, signed, type, writeModule } from './wasm-writer.ts';

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
  const types: FunctionType[] = [{ parameters: [type.i32], results: [] }];
  const typeIndexes = new Map<string, number>();
  const at = (place: number): number[] => [0, ...unsigned(place * bytesPerValue)];
  const start = [op.i32Const, ...signed(address)];
  const written = functions.map(([, , parameters, results], index) => {
    const given = kindsOf(parameters);
    const returned = kindsOf(results);
    const key = `${parameters}>${results}`;
    const typeIndex = typeIndexes.get(key) ?? types.length;
    if (!typeIndexes.has(key)) {
      typeIndexes.set(key, typeIndex);
      types.push({ parameters: given.map((kind) => kind.type), results: returned.map((kind) => kind.type) });
    }
    const body = [
      ...given.flatMap(({ store }, place) => [...start, op.localGet, place, store, ...at(place)]),
      ...[op.i32Const, ...signed(index), op.call, 0],
      ...returned.flatMap(({ load }, place) => [...start, load, ...at(place)]),
    ];
    return { name: bridgeName(index), type: typeIndex, locals: [], body };
  });
  return writeModule({
    types,
    imports: [
      { module: 'engine', name: 'call', kind: 'function', type: 0 },
      { module: 'engine', name: 'memory', kind: 'memory' },
    ],
    functions: written,
  });
}

/** LEB128 of a number below 2^14. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, value >> 7];
}
