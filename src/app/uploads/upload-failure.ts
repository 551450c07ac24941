import { type ErrorCode, hasCode, messageOf, RearviewError } from '../../domain/errors.ts';
import type { UploadFailReason, UploadResult } from './upload-report.ts';

/** Where an upload went wrong: reading the file, asking the target what it has, or storing. The cause is what went wrong. */
export class UploadFailure extends Error {
  readonly step: 'file' | 'describe' | 'put';

  constructor(step: 'file' | 'describe' | 'put', cause: unknown) {
    super(messageOf(cause), { cause });
    this.name = 'UploadFailure';
    this.step = step;
  }
}

/** What reading a file can suffer. */
const ofFile: Partial<Record<ErrorCode, UploadFailReason>> = {
  ERR_OBJECT_GONE: 'gone',
  ERR_OBJECT_DENIED: 'denied',
  ERR_OBJECT_UNSUPPORTED: 'not_a_regular_file',
  ERR_OBJECT_CHANGED: 'changed',
  ERR_UNAVAILABLE: 'unreadable',
};

/** What a target can have against one file. That it is full, or lets nobody in, concerns all. */
const ofPut: Partial<Record<ErrorCode, UploadFailReason>> = {
  ERR_CONFIG: 'refused',
  ERR_OBJECT_TOO_LARGE: 'refused',
  ERR_OBJECT_UNSUPPORTED: 'refused',
  ERR_CONFLICT: 'refused',
  ERR_OBJECT_CHANGED: 'unavailable',
  ERR_OBJECT_GONE: 'unavailable',
  ERR_UNAVAILABLE: 'unavailable',
};

/** That a bucket does not exist shows when it is asked: what is wrong with a key alone was found before. */
const ofDescribe: Partial<Record<ErrorCode, UploadFailReason>> = {
  ERR_OBJECT_UNSUPPORTED: 'refused',
  ERR_OBJECT_CHANGED: 'unavailable',
  ERR_UNAVAILABLE: 'unavailable',
};

const reasons = { file: ofFile, describe: ofDescribe, put: ofPut } as const;

/**
 * What to do when a try for a file has failed: try again, or have done with the file.
 * @param mayRetry false for the last try
 * @throws the cause, where it concerns all files or is a bug of ours
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
