import { messageOf } from '../domain/errors.ts';

/** `ENOENT: no such file or directory, open '/a/b'`, with a path, two, or none. */
const systemMessage = /^E[A-Z0-9]+: (.+?), [a-z]+(?: '.*')?$/s;

/** Returns the `code` of a system error, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/**
 * Why a file or folder cannot be used, in words: `no such file or directory`. For messages that
 * name the file themselves.
 */
export function reasonOf(error: unknown): string {
  const message = messageOf(error);
  return codeOf(error) === undefined ? message : (systemMessage.exec(message)?.[1] ?? message);
}
