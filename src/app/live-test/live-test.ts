import pMap from 'p-map';
import { hasCode, messageOf, RearviewError } from '../../domain/errors.ts';
import type { ObjectInfo } from '../../domain/objects/object.ts';
import type { AlertWatch, Leftover } from '../../ports/alert-watch.ts';
import type { MatchedObject, MatchStore } from '../../ports/match-store.ts';
import type { ObjectRemover } from '../../ports/object-remover.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { TestUpload } from './choose-test-rules.ts';

/**
 * How far a form has come. Times in milliseconds since the test began; null for what has not
 * happened.
 */
export interface TestedForm {
  readonly upload: TestUpload;
  readonly object: ObjectInfo | null;
  readonly uploadedMs: number | null;
  /** When the match was found in the match store. */
  readonly recordedMs: number | null;
  /** When the alert was seen where alerts arrive. */
  readonly alertedMs: number | null;
  /** The state in the match store. */
  readonly alertState: MatchedObject['alertState'] | null;
  /** Why it was not uploaded. */
  readonly error: string | null;
}

export interface LiveTestParts {
  /** Takes the uploads. */
  readonly store: ObjectStore;
  readonly matches: Pick<MatchStore, 'matchedObjects'>;
  readonly watch: AlertWatch;
  /** Milliseconds between two looks. */
  readonly pollMs: number;
  /** Milliseconds of a clock. */
  readonly now: () => number;
  /** Called whenever something may have changed. */
  readonly onProgress: (forms: readonly TestedForm[]) => void;
}

/** Whether the match and the alert of a form have arrived. */
export function hasArrived({ recordedMs, alertedMs }: TestedForm): boolean {
  return recordedMs !== null && alertedMs !== null;
}

/**
 * Uploads the forms and waits until each has its match and its alert, or until the signal. Failed
 * requests are retried meanwhile. Removes nothing: see `removeUploads`.
 * @throws RearviewError what a retry does not fix
 */
export async function runLiveTest(
  parts: LiveTestParts,
  uploads: readonly TestUpload[],
  signal: AbortSignal,
): Promise<readonly TestedForm[]> {
  const { store, watch, pollMs, now, onProgress } = parts;
  const begun = now();
  const elapsed = () => now() - begun;
  let forms = await pMap(uploads, (upload) => uploadForm(store, upload, elapsed));
  onProgress(forms);
  const isWaiting = () => forms.some((form) => form.object !== null && !hasArrived(form));
  while (isWaiting() && !signal.aborted) {
    const seen = await unlessDown([], () => watch.receive({ waitMs: pollMs, signal }));
    forms = await pMap(forms, async (form) => {
      const { key, ruleId } = form.upload;
      const isSeen = seen.some((each) => each.bucket === store.bucket && each.key === key && each.ruleId === ruleId);
      const alertedMs = form.alertedMs ?? (isSeen ? elapsed() : null);
      return lookForMatch(parts, { ...form, alertedMs }, elapsed);
    });
    onProgress(forms);
  }
  return forms;
}

async function uploadForm(store: ObjectStore, upload: TestUpload, elapsed: () => number): Promise<TestedForm> {
  const nothing = {
    upload,
    object: null,
    uploadedMs: null,
    recordedMs: null,
    alertedMs: null,
    alertState: null,
    error: null,
  };
  try {
    return { ...nothing, object: await store.put(upload.key, upload.bytes), uploadedMs: elapsed() };
  } catch (error) {
    if (!(error instanceof RearviewError)) throw error;
    return { ...nothing, error: error.message };
  }
}

/** Looks for the match, also after it was found: the state of its alert may still change. */
async function lookForMatch(
  { store, matches }: Pick<LiveTestParts, 'store' | 'matches'>,
  form: TestedForm,
  elapsed: () => number,
): Promise<TestedForm> {
  const { sha256, ruleId, key } = form.upload;
  if (form.object === null || hasArrived(form)) return form;
  const at = { bucket: store.bucket, key };
  const [matched] = await unlessDown([], () => matches.matchedObjects({ sha256, ruleId, limit: 1, at }));
  if (matched === undefined) return form;
  return { ...form, recordedMs: form.recordedMs ?? elapsed(), alertState: matched.alertState };
}

/** Runs a step; a service that is down for a moment is tried again in the next round. */
async function unlessDown<T>(instead: T, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (hasCode(error, 'ERR_UNAVAILABLE')) return instead;
    throw error;
  }
}

/** Removes the uploads, also those that may have failed; returns what is left. */
export async function removeUploads(
  remover: ObjectRemover,
  uploads: readonly TestUpload[],
): Promise<readonly Leftover[]> {
  const left = await pMap(uploads, async ({ key }): Promise<readonly Leftover[]> => {
    try {
      await remover.removeAll(key);
      return [];
    } catch (error) {
      return [{ name: `${remover.bucket}/${key}`, reason: messageOf(error) }];
    }
  });
  return left.flat();
}
