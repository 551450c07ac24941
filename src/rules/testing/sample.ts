import { readFile, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import type { SampleSource } from './spec.ts';
import { readZipMember } from './zip-member.ts';

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
    // A link may lead out as well as a path.
    if (!isInside(await realpath(testsDir), await realpath(path))) throw escapes(file);
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if (error instanceof RearviewError) throw error;
    const message = `The sample ${file} cannot be read (${messageOf(error)}): paths are relative to the test file.`;
    throw new RearviewError('ERR_CONFIG', message, { cause: error });
  }
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function escapes(file: string): RearviewError {
  return new RearviewError('ERR_CONFIG', `The sample ${file} lies outside the tests folder: move it there.`);
}
