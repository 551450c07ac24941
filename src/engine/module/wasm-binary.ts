/**
 * Just enough of the WebAssembly binary format (W3C, "WebAssembly Core Specification", chapter 5)
 * to change one function of a module and leave every other byte unchanged.
 */

/** A section: its id and the range of its content in the module. */
export interface Section {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** Section ids of the specification that are read here. */
export const sectionId = { type: 1, import: 2, function: 3, memory: 5, global: 6, export: 7, code: 10 } as const;

/** Thrown if the module has an unexpected format. */
export class WasmFormatError extends Error {}

/**
 * Reads numbers and names in sequence. Every method throws `WasmFormatError` if the bytes end
 * early.
 */
export interface Reader {
  position: number;
  byte(): number;
  /** An unsigned LEB128 number of 32 bits at most. */
  unsigned(): number;
  name(): string;
  skip(count: number): void;
}

export function createReader(bytes: Uint8Array, start: number, end: number): Reader {
  const reader: Reader = {
    position: start,
    byte: () => {
      if (reader.position >= end)
        throw new WasmFormatError(`The module ends within a value at byte ${reader.position}.`);
      const value = bytes[reader.position] ?? 0;
      reader.position += 1;
      return value;
    },
    unsigned: () => {
      let value = 0;
      for (let shift = 0; shift < 35; shift += 7) {
        const byte = reader.byte();
        value += (byte & 0x7f) * 2 ** shift;
        if (byte < 0x80) return value;
      }
      throw new WasmFormatError(`A number at byte ${reader.position} is longer than 32 bits.`);
    },
    name: () => {
      const length = reader.unsigned();
      const from = reader.position;
      reader.skip(length);
      return Buffer.from(bytes.subarray(from, from + length)).toString('utf8');
    },
    skip: (count) => {
      if (reader.position + count > end)
        throw new WasmFormatError(`The module ends within ${count} bytes at byte ${reader.position}.`);
      reader.position += count;
    },
  };
  return reader;
}

/** Encodes an unsigned number as LEB128, as short as possible. */
export function encodeUnsigned(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return Uint8Array.from(bytes);
}

const preamble = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** @throws WasmFormatError if the bytes are not a WebAssembly module of version 1 */
export function readSections(module: Uint8Array): Section[] {
  if (Buffer.compare(module.subarray(0, preamble.length), preamble) !== 0) {
    throw new WasmFormatError('This is not a WebAssembly module of version 1.');
  }
  const sections: Section[] = [];
  const reader = createReader(module, preamble.length, module.length);
  while (reader.position < module.length) {
    const id = reader.byte();
    const length = reader.unsigned();
    const start = reader.position;
    reader.skip(length);
    sections.push({ id, start, end: reader.position });
  }
  return sections;
}

/** Returns the module with the content of some sections replaced. */
export function replaceSections(
  module: Uint8Array,
  contents: ReadonlyMap<Section, Uint8Array>,
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [preamble];
  for (const section of readSections(module)) {
    const replaced = [...contents].find(([{ start }]) => start === section.start)?.[1];
    const content = replaced ?? module.subarray(section.start, section.end);
    parts.push(Uint8Array.of(section.id), encodeUnsigned(content.length), content);
  }
  return Buffer.concat(parts);
}
