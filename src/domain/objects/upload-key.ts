import { createHash } from 'node:crypto';
import { shortenMiddle } from '../text/shorten-middle.ts';
import { encodePath } from './path-key.ts';

/**
 * The location of a file from which its key is made: the named path and the real path behind it.
 */
export interface UploadKeyPlace {
  /** The named path in bytes: a file, or a folder above the file. */
  readonly given: Uint8Array;
  /** The real path of the root: absolute, without symbolic links. */
  readonly root: Uint8Array;
  /** The file: the root itself, or below it. */
  readonly location: Uint8Array;
}

const slash = 0x2f;
/** Hexadecimal digits of a SHA-256 in a shortened key. */
const digestDigits = 32;
/**
 * Maximum length in bytes of UTF-8:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
 */
const maxKeyBytes = 1024;

/**
 * Returns the key that a file is uploaded to. It consists of three parts:
 * - the prefix as a folder;
 * - the last part of the named path, even if that is a symbolic link (for `.`, `..` or `/`: the
 *   name of the folder it leads to);
 * - the path below it, encoded by `encodePath`.
 *
 * Within one root, no two files share a key. Of a path that is too long for a key, the middle is
 * replaced by a digest.
 * @param prefix as a folder, with or without a slash at its end; empty for none
 */
export function uploadKey(prefix: string, { given, root, location }: UploadKeyPlace): string {
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  return fitKey(folder, encodePath(Buffer.concat([nameOf(given, root), location.subarray(root.length)])));
}

/** Like `uploadKey`, without the name: the files of the folder are placed at the top. */
export function keyBelow({ root, location }: Pick<UploadKeyPlace, 'root' | 'location'>): string {
  return fitKey('', encodePath(trimmed(location.subarray(root.length), 'start')));
}

/** The prefix may decide who may write the key, so it stays whole. */
function fitKey(folder: string, path: string): string {
  const maxBytes = maxKeyBytes - Buffer.byteLength(folder);
  if (Buffer.byteLength(path) <= maxBytes) return folder + path;
  const digest = createHash('sha256').update(path).digest('hex').slice(0, digestDigits);
  return folder + shortenMiddle(path, maxBytes, (maxBytes - digestDigits) / 2, `…${digest}…`);
}

function nameOf(given: Uint8Array, root: Uint8Array): Uint8Array {
  const name = lastPart(trimmed(given, 'end'));
  const text = Buffer.from(name).toString('latin1');
  return text === '' || text === '.' || text === '..' ? lastPart(root) : name;
}

function lastPart(path: Uint8Array): Uint8Array {
  return path.subarray(path.lastIndexOf(slash) + 1);
}

function trimmed(path: Uint8Array, side: 'start' | 'end'): Uint8Array {
  let start = 0;
  let end = path.length;
  while (side === 'start' && start < end && path[start] === slash) start += 1;
  while (side === 'end' && end > start && path[end - 1] === slash) end -= 1;
  return path.subarray(start, end);
}

/** Returns whether stores accept the key. */
export function isStorableKey(key: string): boolean {
  return key !== '' && Buffer.byteLength(key) <= maxKeyBytes && key.isWellFormed();
}
