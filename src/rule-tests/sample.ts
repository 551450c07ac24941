import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { hasCode, messageOf, RearviewError } from '../domain/errors.ts';
import { isInside } from '../files/inside-folder.ts';
import { readWithin } from '../files/read-within.ts';
import type { SampleSource } from './spec.ts';
import { readZipMember } from './zip-member.ts';

/** Most bytes of a sample, or of the archive it is in: what one scan takes by default. */
export const maxSampleBytes = 256 * 1024 ** 2;

export interface SamplePlace {
  /** The folder of all tests, which no sample may leave. */
  readonly testsDir: string;
  /** The test file, below `testsDir`. */
  readonly testFile: string;
}

/**
 * Produces the bytes of a sample, in a buffer of their own.
 * @throws RearviewError `ERR_CONFIG` where it cannot be had; the message says why and what to do
 */
export async function readSample(sample: SampleSource, place: SamplePlace): Promise<Uint8Array<ArrayBuffer>> {
  switch (sample.kind) {
    case 'text':
      return new Uint8Array(Buffer.from(sample.text, sample.encoding));
    case 'hex':
      return new Uint8Array(Buffer.from(sample.hex, 'hex'));
    case 'base64':
      return new Uint8Array(Buffer.from(sample.base64, 'base64'));
    case 'file':
      return readFileInside(sample.file, place);
    case 'archive': {
      const archive = await readFileInside(sample.file, place);
      return readZipMember(archive, sample);
    }
  }
}

async function readFileInside(file: string, { testsDir, testFile }: SamplePlace): Promise<Uint8Array<ArrayBuffer>> {
  const path = join(testsDir, dirname(testFile), file);
  if (isAbsolute(file) || !isInside(testsDir, path)) throw escapes(file);
  try {
    const { bytes } = await readWithin(await realpath(testsDir), path, { maxBytes: maxSampleBytes });
    return bytes;
  } catch (error) {
    // A link may lead out as well as a path.
    if (hasCode(error, 'ERR_OBJECT_DENIED')) throw escapes(file);
    const hint = error instanceof RearviewError ? '.' : ': paths are relative to the test file.';
    const message = `The sample ${file} cannot be read (${messageOf(error)})${hint}`;
    throw new RearviewError('ERR_CONFIG', message, { cause: error });
  }
}

function escapes(file: string): RearviewError {
  return new RearviewError('ERR_CONFIG', `The sample ${file} lies outside the tests folder: move it there.`);
}
