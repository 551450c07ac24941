import { emptyBlock, op, signed, type, unaligned, writeModule } from '../module/wasm-writer.ts';

/**
 * YARA's functions `uint8` … `int32be` as WebAssembly over the file in the engine's memory. A
 * condition that reads integers calls them thousands of times per scan. Through the engine, each
 * call would cross into JavaScript and back with arrays and BigInts.
 */

interface Reader {
  /**
   * The import of the condition module; it includes the signature, so another signature is another
   * name.
   */
  readonly name: string;
  readonly bytes: 1 | 2 | 4;
  readonly signed: boolean;
  readonly bigEndian: boolean;
}

const readers: readonly Reader[] = [true, false].flatMap((isSigned) =>
  [true, false].flatMap((bigEndian) =>
    ([1, 2, 4] as const).map((bytes) => {
      const [least, greatest] = isSigned
        ? [-(2 ** (8 * bytes - 1)), 2 ** (8 * bytes - 1) - 1]
        : [0, 2 ** (8 * bytes) - 1];
      const name = `${isSigned ? 'int' : 'uint'}${8 * bytes}${bigEndian ? 'be' : ''}@offset:i@i:R${least}:${greatest}u`;
      return { name, bytes, signed: isSigned, bigEndian };
    }),
  ),
);

/** Names of the imports of condition modules that `createIntegerReaders` implements. */
export const integerReaderNames: ReadonlySet<string> = new Set(readers.map(({ name }) => name));

let compiled: WebAssembly.Module | undefined;

/** Location of the scanned file in the engine's memory: two mutable 32-bit globals. */
export interface PayloadPlace {
  readonly address: WebAssembly.Global;
  /** Bytes. */
  readonly length: WebAssembly.Global;
}

/**
 * Functions from an offset (i64) to a value (i64) and whether it is undefined (i32): 1 outside of
 * the file, and then the value is 0.
 */
export function createIntegerReaders(memory: WebAssembly.Memory, payload: PayloadPlace): WebAssembly.Exports {
  compiled ??= new WebAssembly.Module(
    writeModule({
      types: [{ parameters: [type.i64], results: [type.i64, type.i32] }],
      imports: [
        { module: 'engine', name: 'memory', kind: 'memory' },
        { module: 'engine', name: 'address', kind: 'global', type: type.i32, mutable: true },
        { module: 'engine', name: 'length', kind: 'global', type: type.i32, mutable: true },
      ],
      functions: readers.map((reader) => ({ name: reader.name, type: 0, locals: [], body: bodyOf(reader) })),
    }),
  );
  return new WebAssembly.Instance(compiled, { engine: { memory, ...payload } }).exports;
}

const offset = 0;
const addressGlobal = 0;
const lengthGlobal = 1;
/** Address of the byte at the offset, which is known to be within the file. */
const address = [op.globalGet, addressGlobal, op.localGet, offset, op.i32WrapI64, op.i32Add];

function bodyOf(reader: Reader): number[] {
  return [
    // Outside means offset < 0 or length - bytes < offset. Both are signed 64-bit numbers and
    // cannot overflow.
    ...[op.localGet, offset, op.i64Const, 0, op.i64LtS],
    ...[
      op.globalGet,
      lengthGlobal,
      op.i64ExtendI32U,
      op.i64Const,
      reader.bytes,
      op.i64Sub,
      op.localGet,
      offset,
      op.i64LtS,
    ],
    ...[op.i32Or, op.if, emptyBlock, op.i64Const, 0, op.i32Const, 1, op.return, op.end],
    ...(reader.bigEndian && reader.bytes > 1 ? loadBigEndian(reader) : loadLittleEndian(reader)),
    ...[op.i32Const, 0],
  ];
}

function loadLittleEndian({ bytes, signed: isSigned }: Reader): number[] {
  const [unsignedLoad, signedLoad] = {
    1: [op.i64Load8U, op.i64Load8S],
    2: [op.i64Load16U, op.i64Load16S],
    4: [op.i64Load32U, op.i64Load32S],
  }[bytes] as [number, number];
  return [...address, isSigned ? signedLoad : unsignedLoad, ...unaligned];
}

function loadBigEndian({ bytes, signed: isSigned }: Reader): number[] {
  const extend = isSigned ? op.i64ExtendI32S : op.i64ExtendI32U;
  if (bytes === 2) {
    return [
      ...[...address, op.i32Load8U, ...unaligned, op.i32Const, 8, op.i32Shl],
      // The next byte.
      ...[...address, op.i32Load8U, 0, 1, op.i32Or],
      ...(isSigned ? [op.i32Extend16S] : []),
      extend,
    ];
  }
  // The outer bytes swap when bytes 0 and 2 rotate left by 24 bits, and 1 and 3 by 8.
  return [
    ...[
      ...address,
      op.i32Load,
      ...unaligned,
      op.i32Const,
      ...signed(0x00ff00ff),
      op.i32And,
      op.i32Const,
      24,
      op.i32Rotl,
    ],
    ...[
      ...address,
      op.i32Load,
      ...unaligned,
      op.i32Const,
      ...signed(0xff00ff00),
      op.i32And,
      op.i32Const,
      8,
      op.i32Rotl,
    ],
    op.i32Or,
    extend,
  ];
}
