import { hasCode } from '../../domain/errors.ts';
import { isSameContent } from '../../domain/objects/content-sum.ts';
import type { ObjectDescription } from '../../domain/objects/object.ts';
import { encodePath } from '../../domain/objects/path-key.ts';
import type { FileSource, FileState, OpenFile } from '../../ports/file-source.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { UploadJournal } from '../../ports/upload-journal.ts';
import { backoffMs, maxAttempts, type UploadClock } from './upload-backoff.ts';
import { checkedContent, hashContent } from './upload-content.ts';
import { afterFailure, UploadFailure } from './upload-failure.ts';
import type { UploadFile, UploadResult } from './upload-report.ts';

/**
 * File systems give times in ticks of up to 10 ms: what is written again within the tick of the
 * last change looks the same, so a file that changed just now is uploaded but not remembered. Git
 * calls such entries racy (https://git-scm.com/docs/racy-git).
 */
const racyMs = 20;

export interface UploadParts {
  readonly source: FileSource;
  readonly store: ObjectStore;
  readonly journal: UploadJournal;
  /**
   * Metadata for all files; each also has `sha256`, and `filepath` and `mtime` unless they are
   * given here.
   */
  readonly metadata: Readonly<Record<string, string>>;
  /** Believe the target instead of the journal: read every file, and compare. */
  readonly verify: boolean;
  /** Also uploads files that are there. */
  readonly force: boolean;
  /** Uploads and remembers nothing. */
  readonly dryRun: boolean;
  /** False leaves a file for later, which may still be written to. */
  readonly isStable: (file: UploadFile, state: FileState) => boolean;
  /** Called with the bytes that went to the target, also of uploads that fail later. */
  readonly onBytes: (bytes: number) => void;
  readonly clock: UploadClock;
  /** Abandons the file; the part that was sent is not kept. */
  readonly signal: AbortSignal;
}

/**
 * Uploads one file to the target, unless it is there: by the journal, or by the `sha256` in the
 * metadata of the object and the SHA-256 that the target itself computed. A temporary error is
 * tried up to five times.
 * @throws RearviewError what concerns all files, such as `ERR_STORAGE_FULL`, `ERR_OBJECT_DENIED`
 *   and `ERR_CONFIG` of the target
 */
export async function uploadFile(parts: UploadParts, file: UploadFile): Promise<UploadResult> {
  if (file.problem !== undefined) return { status: 'failed', ...file.problem };
  const { clock, signal } = parts;
  for (let attempt = 1; ; attempt += 1) {
    if (signal.aborted) return { status: 'left' };
    try {
      return await tryFile(parts, file);
    } catch (error) {
      if (signal.aborted && error instanceof UploadFailure) return { status: 'left' };
      const next = afterFailure(error, attempt < maxAttempts);
      if (next !== 'retry') return next;
      await clock.pause(backoffMs(attempt, clock.random), signal);
    }
  }
}

async function tryFile(parts: UploadParts, file: UploadFile): Promise<UploadResult> {
  const { source, journal, verify, force } = parts;
  const place = { path: encodePath(file.location), key: file.key };
  const seen = await ofFile(() => source.state(file.location));
  const known = verify || force ? null : await journal.find(place);
  if (known?.fingerprint === seen.fingerprint) {
    const { size, sha256, version } = known;
    return { status: 'unchanged', size, sha256, version };
  }
  if (!parts.isStable(file, seen)) return { status: 'left' };
  const opened = await ofFile(() => source.open(file.location));
  try {
    // The state of the open file: its name may lead elsewhere by now.
    const state = await ofFile(() => opened.state());
    const result = await transfer(parts, file, opened, state);
    if (result.status !== 'planned' && !parts.dryRun && !isRacy(state, parts.clock)) {
      const { size, sha256, version } = result;
      await journal.record(place, { fingerprint: state.fingerprint, size, sha256, version });
    }
    return result;
  } finally {
    await opened.close();
  }
}

type Transferred = Extract<UploadResult, { status: 'uploaded' | 'present' | 'planned' }>;

/** Hashes the file, and sends it where the object at its key is not of that content. */
async function transfer(
  parts: UploadParts,
  { path, key, location }: UploadFile,
  opened: OpenFile,
  state: FileState,
): Promise<Transferred> {
  const { store, metadata, force, dryRun, signal, onBytes } = parts;
  const { size } = state;
  const sums = await ofFile(() => hashContent(opened.read(), { path, size, signal }));
  const { sha256 } = sums;
  const there = await describe(store, key, dryRun);
  // Its metadata alone would be a claim: another uploader may have put something else there and say
  // that it is this file, which would then be missed.
  const isThere = there?.metadata['sha256'] === sha256 && isSameContent(there.storedSum, sums);
  if (there !== null && !force && isThere) {
    return { status: 'present', size, sha256, version: there.version };
  }
  if (dryRun) return { status: 'planned', size, sha256 };
  const content = checkedContent(opened.read(), sha256, { path, size, signal, onBytes });
  const objectMetadata = { filepath: encodePath(location), mtime: state.modifiedAt, ...metadata, sha256 };
  try {
    const { version } = await store.put(key, content.pieces, { metadata: objectMetadata, ownTime: true });
    return { status: 'uploaded', size, sha256, version };
  } catch (error) {
    const failure = content.failure();
    // Of a missing bucket, which ends the upload, or of this one file: only a read shows which.
    if (failure === undefined && hasCode(error, 'ERR_CONFIG')) await requireTarget(store, key);
    throw failure === undefined ? new UploadFailure('put', error) : new UploadFailure('file', failure);
  }
}

/**
 * The object at the key; null if there is none, or if the caller may write but not read: then it is
 * uploaded.
 * @param dryRun nothing follows that would report a missing bucket: then the reason is requested
 */
async function describe(store: ObjectStore, key: string, dryRun: boolean): Promise<ObjectDescription | null> {
  try {
    if (dryRun) await store.head({ key });
    return await store.describe({ key });
  } catch (error) {
    if (hasCode(error, 'ERR_OBJECT_GONE', 'ERR_OBJECT_DENIED')) return null;
    throw new UploadFailure('describe', error);
  }
}

/** @throws UploadFailure if the target itself cannot be used */
async function requireTarget(store: ObjectStore, key: string): Promise<void> {
  try {
    await store.head({ key });
  } catch (error) {
    if (hasCode(error, 'ERR_CONFIG')) throw new UploadFailure('describe', error);
  }
}

async function ofFile<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw new UploadFailure('file', error);
  }
}

function isRacy({ changedAtMs }: FileState, { now }: UploadClock): boolean {
  return Math.abs(now() - changedAtMs) < racyMs;
}
