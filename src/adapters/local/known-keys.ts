import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import { foreignAbove } from '../../files/foreign-above.ts';
import {
  isForeign,
  isOpenToOthers,
  makeFolders,
  makePrivateFolder,
  privateFileMode,
  privateFolderMode,
} from '../../files/private-files.ts';
import { codeOf } from '../../files/system-error.ts';
import { userFolder } from '../../files/user-folder.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const fileName = 'known-keys';
/** Far more than any user has. */
const maxBytes = 4 * 1024 ** 2;
const newline = 0x0a;

/**
 * The signing keys that this user created on this machine. They are listed outside of any state
 * folder, because the key in a state folder may come from an archive or a copy.
 */
export interface KnownKeys {
  /** Returns whether the key is listed. A list that cannot be read lists none. */
  has(spki: Uint8Array): boolean;
  /**
   * Lists a key.
   * @param file path of the key
   * @throws RearviewError `ERR_SIGNING` if the list cannot be written, or another user could have
   *   written it
   */
  add(spki: Uint8Array, file: string): void;
}

/**
 * The list of this user: `known-keys` in its state folder (`userFolder`). Each line has the SHA-256
 * of a public key (SPKI in DER, lower-case hex), and the path of its file as a comment.
 * @param env Default: that of this process
 */
export function openKnownKeys(env: Environment = process.env): KnownKeys {
  const folder = userFolder(env, 'state');
  return {
    has: (spki) => folder !== null && readList(folder).includes(fingerprint(spki)),
    add(spki, file) {
      if (folder === null) throw cannotNote('neither HOME nor XDG_STATE_HOME is set');
      try {
        append(folder, `${fingerprint(spki)} # ${JSON.stringify(file)}`);
      } catch (cause) {
        throw cannotNote(messageOf(cause), cause);
      }
    },
  };
}

function fingerprint(spki: Uint8Array): string {
  return createHash('sha256').update(spki).digest('hex');
}

function readList(folder: string): readonly string[] {
  try {
    requireTrusted(folder);
    return readOwn(join(folder, fileName))
      .split('\n')
      .map((line) => line.split(' ', 1)[0] ?? '');
  } catch (error) {
    if (codeOf(error) === undefined && !(error instanceof RearviewError)) throw error;
    return [];
  }
}

function readOwn(file: string): string {
  const descriptor = openOwn(file, constants.O_RDONLY);
  try {
    const { size } = fstatSync(descriptor);
    if (size > maxBytes) throw new RearviewError('ERR_SIGNING', `it is larger than ${maxBytes} bytes`);
    const bytes = Buffer.alloc(size);
    return bytes.subarray(0, readSync(descriptor, bytes)).toString('latin1');
  } finally {
    closeSync(descriptor);
  }
}

function append(folder: string, line: string): void {
  requireTrusted(folder);
  makeFolders(dirname(folder), privateFolderMode);
  makePrivateFolder(folder);
  requireTrusted(folder);
  const file = join(folder, fileName);
  const descriptor = openOwn(file, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT);
  try {
    const { size } = fstatSync(descriptor);
    const last = Buffer.alloc(1);
    if (size > 0) readSync(descriptor, last, 0, 1, size - 1);
    const torn = size > 0 && last[0] !== newline;
    // One call: lines of processes that append at the same time do not mix.
    writeSync(descriptor, `${torn ? '\n' : ''}${line}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Opens the list if no other user can have written it. */
function openOwn(file: string, flags: number): number {
  const descriptor = openSync(file, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, privateFileMode);
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || isForeign(stats) || isOpenToOthers(stats) || stats.nlink > 1) {
      throw new RearviewError('ERR_SIGNING', `${file} is not a file for this user only (chmod 600)`);
    }
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/**
 * Every folder on the way belongs to this user or the superuser: the owner of another one could
 * replace the list.
 */
function requireTrusted(folder: string): void {
  const above = foreignAbove(folder);
  if (above !== null) throw new RearviewError('ERR_SIGNING', `${above.path} belongs to the user ${above.uid}`);
}

function cannotNote(why: string, cause?: unknown): RearviewError {
  return new RearviewError(
    'ERR_SIGNING',
    `Cannot record the signing key of this user: ${why}. Rulesets are compiled from their sources at each start, which takes longer. Set XDG_STATE_HOME to a persistent folder of this user.`,
    { cause },
  );
}
