import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { hasCode, RearviewError } from '../domain/errors.ts';
import { isInside } from '../files/inside-folder.ts';
import { readWithin } from '../files/read-within.ts';
import { reasonOf } from '../files/system-error.ts';
import type { SampleSource } from './spec.ts';
import { readZipMember } from './zip-member.ts';

/** Maximum size of a sample, or of its archive, in bytes: the default limit of a scan. */
export const maxSampleBytes = 256 * 1024 ** 2;

export interface SamplePlace {
  /** The folder of all tests, which contains all samples. */
  readonly testsDir: string;
  /** The test file, below `testsDir`. */
  readonly testFile: string;
}

/**
 * Returns the bytes of a sample, in their own buffer.
 * @throws RearviewError `ERR_CONFIG` if it is unavailable; the message states the reason and what
 *   to do
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
    // A link may also lead outside.
    if (hasCode(error, 'ERR_OBJECT_DENIED')) throw escapes(file);
    const hint = error instanceof RearviewError ? '.' : ': paths are relative to the test file.';
    const message = `Cannot read the sample ${file} (${reasonOf(error)})${hint}`;
    throw new RearviewError('ERR_CONFIG', message, { cause: error });
  }
}

function escapes(file: string): RearviewError {
  return new RearviewError('ERR_CONFIG', `The sample ${file} is outside the tests folder: move it there.`);
}
