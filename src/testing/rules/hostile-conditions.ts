import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { RulesetImage } from '../../domain/rulesets/ruleset.ts';
import { encodeUnsigned } from '../../engine/module/wasm-binary.ts';
import { type Import, op, writeModule } from '../../engine/module/wasm-writer.ts';

/**
 * A module as the engine compiles the conditions of a ruleset to: preamble, then a section of
 * types.
 */
const conditionStart = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1]);
const externref = 0x6f;
const drop = 0x1a;
const i32 = 0x7f;
const globalGet = 0x23;
const localTee = 0x22;

/**
 * A condition module that leaves the sandbox of WebAssembly if its imports are looked up in
 * ordinary objects: by way of the prototype of every object it reaches `Function` and makes a
 * function of a text, which is the name of its first import.
 * @param script JavaScript to run
 */
export function escapingConditions(script: string): Uint8Array {
  // Code that writes the names of imports into ordinary objects extends the prototype of all of
  // them.
  const tidy = 'for(const k of Object.keys(Object.prototype))delete Object.prototype[k];';
  return conditionsWith([
    { module: '__proto__', name: `${tidy}${script}`, kind: 'function', type: 0 },
    // Read-only: code that assigns to it gets an error, and may then try another way.
    { module: 'constructor', name: 'prototype', kind: 'global', type: externref, mutable: false },
    { module: 'constructor', name: 'keys', kind: 'function', type: 1 },
    { module: 'toString', name: 'constructor', kind: 'function', type: 1 },
    { module: 'constructor', name: 'groupBy', kind: 'function', type: 2 },
  ]);
}

/**
 * A condition module whose `main` does as `escapingConditions` says where there are these imports,
 * and nothing with others.
 */
export function conditionsWith(imports: readonly Import[]): Uint8Array {
  const [keys, makeFunction, groupBy] = [1, 2, 3];
  const breakOut = [
    ...[globalGet, 0, op.call, keys, localTee, 0],
    ...[op.localGet, 0, op.call, makeFunction, op.call, groupBy, drop],
  ];
  return writeModule({
    types: [
      { parameters: [], results: [] },
      { parameters: [externref], results: [externref] },
      { parameters: [externref, externref], results: [externref] },
      { parameters: [], results: [i32] },
    ],
    imports,
    functions: [
      { name: 'main', type: 3, locals: [externref], body: [...(imports.length === 5 ? breakOut : []), op.i32Const, 0] },
    ],
  });
}

/**
 * Puts a module in the place of the condition module, wherever the memory of an engine has it.
 * @throws Error where it has none, or there is no room
 */
export function replaceConditions(memory: Uint8Array, conditions: Uint8Array): void {
  const bytes = Buffer.from(memory.buffer, memory.byteOffset, memory.byteLength);
  let replaced = 0;
  for (let at = bytes.indexOf(conditionStart); at >= 0; at = bytes.indexOf(conditionStart, at + 1)) {
    const room = moduleEnd(bytes, at) - at;
    padded(conditions, room).copy(bytes, at);
    replaced += 1;
  }
  if (replaced === 0) throw new Error('The memory has no condition module.');
}

/** The image with another condition module; its header is right. */
export function imageWith(image: RulesetImage, conditions: Uint8Array): RulesetImage {
  const memory = zstdDecompressSync(image.memory);
  replaceConditions(memory, conditions);
  return { ...image, memory: new Uint8Array(zstdCompressSync(memory)) };
}

/**
 * The end of the last section. The engine only writes types, imports, functions, exports and code.
 */
function moduleEnd(bytes: Buffer, start: number): number {
  let at = start + 8;
  for (let last = 0; ; ) {
    const id = bytes[at] ?? 0;
    if (id <= last || id > 10) return at;
    last = id;
    let length = 0;
    let position = at + 1;
    for (let shift = 0; ; shift += 7, position += 1) {
      const byte = bytes[position] ?? 0;
      length += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    at = position + 1 + length;
  }
}

/** The module, made as long as the room with a custom section. */
function padded(module: Uint8Array, room: number): Buffer {
  const left = room - module.length;
  if (left === 0) return Buffer.from(module);
  // Id, five bytes of length, and a name of no bytes.
  const content = left - 6;
  if (content < 1) throw new Error(`A module of ${module.length} bytes does not fit into ${room}.`);
  const length = encodeUnsigned(content);
  const long = Uint8Array.from({ length: 5 }, (_, index) => {
    const low = (length[index] ?? 0) & 0x7f;
    return index < 4 ? low | 0x80 : low;
  });
  return Buffer.concat([module, Uint8Array.of(0), long, new Uint8Array(content)]);
}
