import { join } from 'node:path';
import { createPathObjectReader } from '../../adapters/local/files/path-object-store.ts';
import { createSegmentFolder } from '../../adapters/local/files/segment-folder.ts';
import { createLocalSigner } from '../../adapters/local/signing-key.ts';
import { type LocalState, openLocalState } from '../../adapters/local/state.ts';
import { acquireStateLock } from '../../adapters/local/state-lock.ts';
import type { Observe } from '../../app/pipeline/events.ts';
import { objectArrived } from '../../app/pipeline/messages.ts';
import { cancelPreview, startPreview } from '../../app/previews/preview-scans.ts';
import { createRulesetLibrary } from '../../app/rulesets/ruleset-library.ts';
import { RearviewError } from '../../domain/errors.ts';
import { defaultUnpackLimits, type UnpackLimits } from '../../domain/inside/limits.ts';
import type { ScanLimits } from '../../domain/inside/scan-limits.ts';
import type { LargeFiles } from '../../domain/objects/size-limit.ts';
import type { PreviewLimits } from '../../domain/scans/preview-limits.ts';
import type { AlertSink } from '../../ports/alert-sink.ts';
import type { ObjectReader } from '../../ports/object-store.ts';
import type { SegmentStore } from '../../ports/segment-store.ts';
import type { TrustedKeys } from '../../rules/file/ruleset-signature.ts';
import { localPreviewLimits } from '../preview-limits.ts';
import { rulesetNotes } from '../ruleset-notes.ts';
import { defaultLargeFiles, defaultMaxObjectBytes, defaultMaxReceives, type Target } from '../target.ts';
import { localKeys } from '../trusted-keys.ts';
import { indexFolder } from './index-folder.ts';
import { readRoots, readWebhook, writeRoots, writeWebhook } from './local-settings.ts';
import { localVisibilityMs } from './local-visibility.ts';
import type { LocalPipeline } from './run-pipeline.ts';

export interface LocalTargetOptions {
  readonly stateDir: string;
  readonly observe?: Observe;
  /** Number of workers for retro scans; uploads have a separate one. Default: one per core. */
  readonly jobs?: number;
  /** Bytes. Default: 256 MiB. */
  readonly maxObjectBytes?: number;
  /** Handling of larger objects. Default: `skip`. */
  readonly largeFiles?: LargeFiles;
  /** Limits for members of files; null: they are not scanned. Default: `defaultUnpackLimits`. */
  readonly unpack?: UnpackLimits | null;
  /** Milliseconds for one scan. Default: 30,000. */
  readonly deadlineMs?: number;
  /** Limits of previews. Default: `localPreviewLimits` of the environment's defaults. */
  readonly previews?: PreviewLimits;
  /** URL that alerts are sent to; null: none. Default: the last one that was set. */
  readonly webhook?: string | null;
  /** Destinations of alerts besides the webhook and `alerts.jsonl` in the state folder. */
  readonly sinks?: readonly AlertSink[];
}

/** The pipeline on one machine. Its buckets are `corpus` (uploaded) and `file` (in place). */
export interface LocalTarget extends Target {
  readonly state: LocalState;
  readonly alertsFile: string;
  /** The current webhook. */
  readonly webhook: string | null;
  /** Records the current webhook, so that every later process sends alerts there. */
  setWebhook(): Promise<void>;
  /** Folders whose files are registered in place. */
  corpusRoots(): Promise<readonly string[]>;
  /** Replaces the folders, now and for later runs. */
  setCorpusRoots(roots: readonly string[]): Promise<void>;
  /**
   * Runs the pipeline in this process.
   * @throws RearviewError `ERR_STATE_LOCKED` if another process runs it
   */
  startPipeline(): Promise<LocalPipeline>;
}

/** Opens (and creates) the state folder. */
export async function openLocalTarget(options: LocalTargetOptions): Promise<LocalTarget> {
  const { stateDir, observe = () => undefined } = options;
  const { previews = localPreviewLimits({}) } = options;
  const { maxObjectBytes = defaultMaxObjectBytes, largeFiles = defaultLargeFiles } = options;
  const { unpack = defaultUnpackLimits } = options;
  const limits: ScanLimits = { maxObjectBytes, largeFiles, unpack };
  const state = openLocalState(stateDir, {
    visibilityMs: localVisibilityMs,
    maxReceives: defaultMaxReceives,
    corpusNotice: objectArrived,
  });
  const noteKey = (message: string) => observe({ type: 'problem', where: 'signing key', message });
  const signer = createLocalSigner(stateDir, { note: noteKey });
  const library = createRulesetLibrary({
    store: state.stores.rulesets,
    pointers: state.pointers,
    trusted: trustLocally(stateDir, noteKey),
    signer: async () => signer,
    compression: 'fast',
    ...rulesetNotes(observe),
  });
  const readers = new Map<string, ObjectReader>([['corpus', state.stores.corpus]]);
  const useRoots = (roots: readonly string[]) => {
    if (roots.length === 0) readers.delete('file');
    else readers.set('file', createPathObjectReader({ bucket: 'file', roots }));
  };
  useRoots(await readRoots(state));
  const { webhook = await readWebhook(state) } = options;
  const openInventories: Target['openInventories'] = async (urls) => {
    if (urls.length === 0) return [];
    throw new RearviewError(
      'ERR_USAGE',
      'Inventories are only for S3 buckets, with --target aws: the files of this machine are listed directly.',
    );
  };
  const alertsFile = join(stateDir, 'alerts.jsonl');
  const lockFile = join(stateDir, 'pipeline.lock');
  const folder = createSegmentFolder(indexFolder(stateDir));
  let pipeline: LocalPipeline | undefined;
  const segments: SegmentStore = {
    ...folder,
    async list() {
      // A scan that begins now is to know what was scanned before.
      await pipeline?.flushIndex();
      return folder.list();
    },
  };

  return {
    state,
    library,
    ...limits,
    previews,
    readers,
    readersFor: async () => readers,
    openInventories,
    corpus: state.stores.corpus,
    segments,
    // Nothing costs money.
    retroCost: () => 0,
    // The process that runs the pipeline finds scans by itself.
    runBatcher: async () => undefined,
    async startPreview(request) {
      await openInventories(request.inventories);
      await startPreview(
        { scans: state.scans, library, buckets: [...readers.keys()], limits: previews, now: Date.now },
        request,
      );
    },
    async cancelPreview(scanId) {
      await cancelPreview(state.scans, scanId, new Date().toISOString());
    },
    get buckets() {
      return [...readers.keys()];
    },
    alertsFile,
    webhook,
    async setWebhook() {
      if (webhook !== (await readWebhook(state))) await writeWebhook(state, webhook);
    },
    corpusRoots: () => readRoots(state),
    async setCorpusRoots(roots) {
      useRoots(roots);
      await writeRoots(state, roots);
    },
    async startPipeline() {
      const { runLocalPipeline } = await import('./run-pipeline.ts');
      const given = { ...options, observe, ...limits, previews, webhook };
      pipeline = runLocalPipeline(given, { state, segments, library, readers, lockFile, alertsFile });
      return pipeline;
    },
    isPipelineRunning() {
      const lock = acquireStateLock(lockFile);
      lock?.release();
      return lock === null;
    },
    close: async () => state.close(),
  };
}

/** The keys of a state folder, read on each use. An untrusted key is reported once. */
function trustLocally(stateDir: string, note: (message: string) => void): () => TrustedKeys {
  let reported: string | undefined;
  return () => {
    const { trusted, unknown } = localKeys(stateDir);
    if (unknown !== null && unknown.keyId !== reported) {
      reported = unknown.keyId;
      note(`Rulesets are compiled from their sources, which takes longer: ${unknown.why}.`);
    }
    return trusted;
  };
}
