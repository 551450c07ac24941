import { type ErrorCode, hasCode, messageOf, RearviewError } from '../../domain/errors.ts';
import type { UploadFailReason, UploadResult } from './upload-report.ts';

/**
 * A failed step of an upload: reading the file, asking the target what it has, or storing. The
 * cause is the error.
 */
export class UploadFailure extends Error {
  readonly step: 'file' | 'describe' | 'put';

  constructor(step: 'file' | 'describe' | 'put', cause: unknown) {
    super(messageOf(cause), { cause });
    this.name = 'UploadFailure';
    this.step = step;
  }
}

/** Reasons for errors of reading a file. */
const ofFile: Partial<Record<ErrorCode, UploadFailReason>> = {
  ERR_OBJECT_GONE: 'gone',
  ERR_OBJECT_DENIED: 'denied',
  ERR_OBJECT_UNSUPPORTED: 'not_a_regular_file',
  ERR_OBJECT_CHANGED: 'changed',
  ERR_UNAVAILABLE: 'unreadable',
};

/**
 * Reasons for which a target refuses one file. A full target, or one without access, concerns all
 * files.
 */
const ofPut: Partial<Record<ErrorCode, UploadFailReason>> = {
  ERR_CONFIG: 'refused',
  ERR_OBJECT_TOO_LARGE: 'refused',
  ERR_OBJECT_UNSUPPORTED: 'refused',
  ERR_CONFLICT: 'refused',
  ERR_OBJECT_CHANGED: 'unavailable',
  ERR_OBJECT_GONE: 'unavailable',
  ERR_UNAVAILABLE: 'unavailable',
};

/**
 * Reasons for errors of looking up an object. A missing bucket shows here; problems with the key
 * were found before.
 */
const ofDescribe: Partial<Record<ErrorCode, UploadFailReason>> = {
  ERR_OBJECT_UNSUPPORTED: 'refused',
  ERR_OBJECT_CHANGED: 'unavailable',
  ERR_UNAVAILABLE: 'unavailable',
};

const reasons = { file: ofFile, describe: ofDescribe, put: ofPut } as const;

/**
 * Decides what to do after a failed try for a file: try again, or give up the file.
 * @param mayRetry false for the last try
 * @throws the cause, if it concerns all files or is a bug
 */
export function afterFailure(error: unknown, mayRetry: boolean): 'retry' | UploadResult {
  if (!(error instanceof UploadFailure)) throw error;
  const { step, cause } = error;
  if (!(cause instanceof RearviewError)) throw cause;
  const reason = reasons[step][cause.code];
  if (reason === undefined) throw cause;
  // A permission that may be granted some day is retryable, but not within seconds.
  if (mayRetry && cause.retryable && !hasCode(cause, 'ERR_OBJECT_DENIED')) return 'retry';
  return { status: 'failed', reason, detail: cause.message };
}
