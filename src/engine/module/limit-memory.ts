import {
  createReader,
  encodeUnsigned,
  readSections,
  replaceSections,
  sectionId,
  WasmFormatError,
} from './wasm-binary.ts';

const pageBytes = 65_536;
const hasNoMaximum = 0;
const hasMaximum = 1;

/**
 * Gives the one memory of a module an upper limit, so that a scan that needs more fails instead of
 * exhausting the machine's memory.
 * @param maxBytes rounded down to pages of 64 KiB
 * @throws WasmFormatError if the module does not have exactly one memory, or it already has a limit
 */
export function limitMemory(module: Uint8Array, maxBytes: number): Uint8Array<ArrayBuffer> {
  const [section, ...more] = readSections(module).filter(({ id }) => id === sectionId.memory);
  if (section === undefined || more.length > 0)
    throw new WasmFormatError('The module has no memory section, or several.');
  const reader = createReader(module, section.start, section.end);
  const count = reader.unsigned();
  const limits = reader.byte();
  const least = reader.unsigned();
  if (count !== 1 || limits !== hasNoMaximum)
    throw new WasmFormatError('The module does not have exactly one memory without a limit.');
  const most = Math.floor(maxBytes / pageBytes);
  if (most < least)
    throw new WasmFormatError(
      `The engine needs at least ${least * pageBytes} bytes of memory; ${maxBytes} are allowed.`,
    );
  const content = Buffer.concat([
    encodeUnsigned(1),
    Uint8Array.of(hasMaximum),
    encodeUnsigned(least),
    encodeUnsigned(most),
  ]);
  return replaceSections(module, new Map([[section, content]]));
}
