import {
  createReader,
  encodeUnsigned,
  type Reader,
  readSections,
  replaceSections,
  type Section,
  sectionId,
  WasmFormatError,
} from './wasm-binary.ts';

/** Opcodes and types of the specification that are needed here. */
const op = {
  if: 0x04,
  end: 0x0b,
  return: 0x0f,
  call: 0x10,
  globalGet: 0x23,
  globalSet: 0x24,
  i32Const: 0x41,
  i64Const: 0x42,
  refNull: 0xd0,
  refFunc: 0xd2,
} as const;
const emptyBlock = 0x40;
const valueType = { i32: 0x7f } as const;
const functionForm = 0x60;
const externalKind = { function: 0, table: 1, memory: 2, global: 3 } as const;

/**
 * Makes a module that was linked as a *command* run its constructors once, instead of at every call
 * of an export.
 *
 * The linker (`wasm-ld` without `--no-entry` or a reactor's
 * `_initialize`) wraps each export so that it first calls `__wasm_call_ctors`. That function takes
 * and returns nothing and is the first call of most exported functions. Its body gets a guard on a
 * new global. Nothing else in the module changes, not one byte of another function.
 * @throws WasmFormatError if the module does not look like that
 */
export function runConstructorsOnce(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const sections = readSections(module);
  const find = (id: number): Section => {
    const found = sections.filter((section) => section.id === id);
    if (found.length !== 1 || found[0] === undefined)
      throw new WasmFormatError(`The module has ${found.length} sections of kind ${id} instead of one.`);
    return found[0];
  };
  const read = (id: number): Reader => {
    const { start, end } = find(id);
    return createReader(module, start, end);
  };
  const imported = countImports(read(sectionId.import));
  const bodies = readBodies(read(sectionId.code));
  const constructors = findConstructors(
    module,
    readExportedFunctions(read(sectionId.export)),
    imported.functions,
    bodies,
  );
  requireNoParameters(read(sectionId.type), read(sectionId.function), constructors - imported.functions);

  const globals = find(sectionId.global);
  const globalReader = createReader(module, globals.start, globals.end);
  const globalCount = globalReader.unsigned();
  const guard = encodeUnsigned(imported.globals + globalCount);
  const newGlobals = concat([
    encodeUnsigned(globalCount + 1),
    module.subarray(globalReader.position, globals.end),
    Uint8Array.of(valueType.i32, 1, op.i32Const, 0, op.end),
  ]);

  const body = bodies[constructors - imported.functions];
  if (body === undefined) throw new WasmFormatError('The constructors have no body.');
  const code = find(sectionId.code);
  const instructions = firstInstruction(module, body);
  const guarded = concat([
    module.subarray(body.start, instructions),
    Uint8Array.of(op.globalGet),
    guard,
    Uint8Array.of(op.if, emptyBlock, op.return, op.end),
    Uint8Array.of(op.i32Const, 1, op.globalSet),
    guard,
    module.subarray(instructions, body.end),
  ]);
  const newCode = concat([
    module.subarray(code.start, body.sizeAt),
    encodeUnsigned(guarded.length),
    guarded,
    module.subarray(body.end, code.end),
  ]);
  return replaceSections(
    module,
    new Map([
      [globals, newGlobals],
      [code, newCode],
    ]),
  );
}

interface Body {
  /** Offset of the size of the body. */
  readonly sizeAt: number;
  readonly start: number;
  readonly end: number;
}

function readBodies(reader: Reader): Body[] {
  return Array.from({ length: reader.unsigned() }, () => {
    const sizeAt = reader.position;
    const size = reader.unsigned();
    const start = reader.position;
    reader.skip(size);
    return { sizeAt, start, end: reader.position };
  });
}

function readExportedFunctions(reader: Reader): number[] {
  const functions: number[] = [];
  for (let left = reader.unsigned(); left > 0; left -= 1) {
    reader.name();
    const kind = reader.byte();
    const index = reader.unsigned();
    if (kind === externalKind.function) functions.push(index);
  }
  return functions;
}

function countImports(reader: Reader): { functions: number; globals: number } {
  const counts = { functions: 0, globals: 0 };
  for (let left = reader.unsigned(); left > 0; left -= 1) {
    reader.name();
    reader.name();
    const kind = reader.byte();
    if (kind === externalKind.function) {
      reader.unsigned();
      counts.functions += 1;
    } else if (kind === externalKind.global) {
      reader.skip(2);
      counts.globals += 1;
    } else if (kind === externalKind.table || kind === externalKind.memory) {
      if (kind === externalKind.table) reader.byte();
      const hasMaximum = reader.byte();
      reader.unsigned();
      if (hasMaximum === 1) reader.unsigned();
      else if (hasMaximum !== 0) throw new WasmFormatError(`The module imports a memory or table with unknown limits.`);
    } else throw new WasmFormatError(`The module has an import of the unknown kind ${kind}.`);
  }
  return counts;
}

/** Returns where the instructions of a body start, after its locals. */
function firstInstruction(module: Uint8Array, { start, end }: Body): number {
  const reader = createReader(module, start, end);
  for (let left = reader.unsigned(); left > 0; left -= 1) {
    reader.unsigned();
    reader.byte();
  }
  return reader.position;
}

/**
 * Finds the constructors: more than half of the exported functions must start with the same call.
 */
function findConstructors(
  module: Uint8Array,
  exported: readonly number[],
  imported: number,
  bodies: readonly Body[],
): number {
  const votes = new Map<number, number>();
  for (const index of exported) {
    const body = bodies[index - imported];
    if (body === undefined) continue;
    const reader = createReader(module, firstInstruction(module, body), body.end);
    if (reader.byte() !== op.call) continue;
    const callee = reader.unsigned();
    votes.set(callee, (votes.get(callee) ?? 0) + 1);
  }
  const [callee, count] = [...votes].toSorted(([, a], [, b]) => b - a)[0] ?? [-1, 0];
  if (count * 2 <= exported.length) {
    throw new WasmFormatError(
      `No function is the first call of most of the ${exported.length} exported functions; the best has ${count}.`,
    );
  }
  if (callee < imported) throw new WasmFormatError('The first call of most exported functions is an import.');
  return callee;
}

function requireNoParameters(types: Reader, functions: Reader, index: number): void {
  let typeIndex = -1;
  for (let left = functions.unsigned(), at = 0; left > 0; left -= 1, at += 1) {
    const type = functions.unsigned();
    if (at === index) typeIndex = type;
  }
  for (let left = types.unsigned(), at = 0; left > 0; left -= 1, at += 1) {
    if (types.byte() !== functionForm) throw new WasmFormatError(`Type ${at} of the module is not a function type.`);
    const parameters = types.unsigned();
    types.skip(parameters);
    const results = types.unsigned();
    types.skip(results);
    if (at !== typeIndex) continue;
    if (parameters + results > 0)
      throw new WasmFormatError('The first function that most exported functions call takes or returns values.');
    return;
  }
  throw new WasmFormatError('The first function that most exported functions call has no type.');
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}
