import { messageOf, RearviewError } from '../../../domain/errors.ts';
import { codeOf } from '../../../files/system-error.ts';

/** Translates a file system error for an object. An unknown error is returned unchanged. */
export function translateFileError(error: unknown, key: string): unknown {
  if (error instanceof RearviewError) return error;
  const code = codeOf(error);
  const options = { cause: error };
  const reason = messageOf(error);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ESTALE':
      return new RearviewError('ERR_OBJECT_GONE', `${key} no longer exists.`, options);
    case 'EACCES':
    case 'EPERM':
      return new RearviewError('ERR_OBJECT_DENIED', `Cannot read ${key}: ${reason}`, { ...options, retryable: true });
    case 'ELOOP':
    case 'ENXIO':
    case 'ENODEV':
    case 'EISDIR':
      return new RearviewError('ERR_OBJECT_UNSUPPORTED', `${key} is not a regular file: ${reason}`, options);
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new RearviewError('ERR_STORAGE_FULL', `There is no space to store ${key}: ${reason}.`, {
        ...options,
        retryable: true,
      });
    default:
      return error;
  }
}
