import { RearviewError } from '../../domain/errors.ts';
import type { FilesRequest, PlacedReport, ScannableRuleset, ScanReport, ScanRequest } from '../types.ts';
import { within, withinSteps } from '../within.ts';
import type { LoadTimeouts } from './load-timeouts.ts';
import type { PoolImages } from './pool-images.ts';
import { createScanProgress } from './scan-progress.ts';
import type { RulesetOrigin, WorkerAnswer } from './scan-protocol.ts';
import type { SpareThreads } from './spare-threads.ts';
import type { WorkerThread } from './worker-thread.ts';

/**
 * One slot of a pool: a worker thread that is started on demand and replaced when it dies. One call
 * at a time.
 */
export interface ScanSlot {
  /** Whether a scan with this ruleset can start at once. */
  has(rulesetId: string): boolean;
  /**
   * Loads the ruleset if necessary; returns how long that took in milliseconds, 0 if it was loaded.
   */
  load(ruleset: ScannableRuleset): Promise<number>;
  scan(request: ScanRequest, deadlineMs: number): Promise<ScanReport>;
  /** See `ScanPool`. */
  scanFiles(request: FilesRequest, deadlineMs: number): Promise<readonly (PlacedReport | null)[]>;
  /** Gives the thread back, or ends it and rejects the running call with `ERR_STATE`. */
  close(): Promise<void>;
}

export interface ScanSlotOptions {
  /** Where threads come from, and go to once the slot is closed. */
  readonly threads: Pick<SpareThreads, 'take' | 'giveBack'>;
  readonly images: PoolImages;
  readonly maxRulesets: number;
  /** Bytes of engine memory, for all rulesets together. */
  readonly maxRulesetBytes: number;
  /** Milliseconds for compiling or loading one ruleset. */
  readonly loadDeadlineMs: number;
  readonly timeouts: LoadTimeouts;
}

/**
 * Loading an image takes a second at most. If it takes much longer, compiling the sources is
 * better.
 */
const imageDeadlineMs = 30_000;

/**
 * Milliseconds for one file among many, or one member of it. What takes longer is scanned by itself,
 * with the whole deadline.
 */
const placedDeadlineMs = 5_000;

/** Creates a slot; its thread starts with the first call. */
export function createScanSlot({
  threads,
  images,
  maxRulesets,
  maxRulesetBytes,
  loadDeadlineMs,
  timeouts,
}: ScanSlotOptions): ScanSlot {
  let thread: WorkerThread | undefined;
  let ending: Promise<void> = Promise.resolve();
  /** The rulesets that the thread has loaded, the most recently used last. */
  let loaded: { readonly id: string; readonly memoryBytes: number; readonly isLayered: boolean }[] = [];
  let closed: RearviewError | undefined;
  let running = 0;
  const steps = new Int32Array(new SharedArrayBuffer(4));

  async function during<T>(call: Promise<T>): Promise<T> {
    running += 1;
    try {
      return await call;
    } finally {
      running -= 1;
    }
  }

  function discard(reason?: RearviewError): Promise<void> {
    if (thread !== undefined) ending = thread.kill(reason);
    thread = undefined;
    loaded = [];
    return ending;
  }

  async function liveThread(): Promise<WorkerThread> {
    if (thread !== undefined && !thread.alive) void discard();
    // The old thread holds its memory until it is gone.
    await ending;
    if (closed !== undefined) throw closed;
    thread ??= threads.take();
    return thread;
  }

  async function load(ruleset: ScannableRuleset): Promise<number> {
    const { id } = ruleset;
    // A second attempt, in a fresh thread, distinguishes a ruleset that crashes the engine from a
    // thread that was out of memory.
    for (let attempt = 1; ; ) {
      const current = await liveThread();
      if (touch(id)) return 0;
      const tooSlow = timeouts.of(id);
      if (tooSlow !== undefined) throw tooSlow;
      const origin = images.originOf(ruleset);
      evict(current, maxRulesets - 1, maxRulesetBytes - imageBytes(origin));
      const withinMs = origin.from === 'image' ? Math.min(imageDeadlineMs, loadDeadlineMs) : loadDeadlineMs;
      const answer = await within(withinMs, current.ask({ type: 'load', rulesetId: id, origin }));
      if (answer === 'timeout') {
        void discard();
        if (origin.from === 'sources') {
          const error = loadTimeout(id, withinMs);
          timeouts.note(id, error);
          throw error;
        }
        giveUp(id, origin, `it was not loaded within ${withinMs} ms`);
        continue;
      }
      if (answer.type === 'loaded') {
        if (answer.image !== null) images.keep(ruleset, answer.image);
        evict(current, maxRulesets - 1, maxRulesetBytes - answer.memoryBytes);
        loaded.push({ id, memoryBytes: answer.memoryBytes, isLayered: origin.from === 'layers' });
        return answer.ms;
      }
      if (answer.type === 'invalid') throw new RearviewError('ERR_RULES_INVALID', answer.message);
      if (answer.type === 'refused') {
        giveUp(id, origin, answer.why);
        continue;
      }
      void discard();
      if (origin.from !== 'sources') {
        giveUp(id, origin, crashDetail(answer));
        continue;
      }
      if (attempt === 2) throw new RearviewError('ERR_RULES_INVALID', crashMessage(id, answer));
      attempt += 1;
    }
  }

  /** The next attempt makes the ruleset in another way. */
  function giveUp(id: string, { from }: RulesetOrigin, why: string): void {
    if (from === 'layers') images.unlayer(id);
    else images.refuse(id, why);
  }

  function touch(id: string): boolean {
    const known = loaded.find((each) => each.id === id);
    if (known === undefined) return false;
    loaded = [...loaded.filter((each) => each !== known), known];
    return true;
  }

  /** Drops the least recently used until no more than this is left. */
  function evict(current: WorkerThread, count: number, bytes: number): void {
    const sum = (): number => loaded.reduce((total, each) => total + each.memoryBytes, 0);
    while (loaded.length > 0 && (loaded.length > count || sum() > bytes)) {
      const [oldest] = loaded.splice(0, 1);
      if (oldest !== undefined) current.send({ type: 'free', rulesetId: oldest.id });
    }
  }

  async function scan(request: ScanRequest, deadlineMs: number): Promise<ScanReport> {
    const { ruleset, bytes } = request;
    await load(ruleset);
    if (loaded.find(({ id }) => id === ruleset.id)?.isLayered !== true) return scanLoaded(request, deadlineMs);
    // The scan takes the bytes away.
    const again = { ...request, bytes: new Uint8Array(bytes) };
    const report = await scanLoaded(request, deadlineMs);
    if (report.status === 'scanned') return report;
    // A rule that is hidden, because it was taken out or changed, may be the one that failed.
    images.unlayer(ruleset.id);
    await load(ruleset);
    return scanLoaded(again, deadlineMs);
  }

  async function scanLoaded(
    { ruleset, bytes, externals, unpack = null, index = false }: ScanRequest,
    deadlineMs: number,
  ): Promise<ScanReport> {
    const current = await liveThread();
    const progress = createScanProgress();
    const whole = wholeBuffer(bytes);
    const request = { type: 'scan', rulesetId: ruleset.id, bytes: whole, externals, unpack, index } as const;
    const size = bytes.byteLength;
    const asked = current.ask(request, progress.take);
    let answer = await within(deadlineMs, Promise.race([asked, progress.opening]));
    // The result of the file itself stands. Members have their own time, which the thread keeps to
    // unless a single one takes too long.
    if (answer === 'opening') answer = await within((unpack?.maxMs ?? 0) + deadlineMs, asked);
    const report = progress.report(answer, { size, deadlineMs });
    if (answer === 'timeout' || answer.type !== 'scanned' || report.status === 'failed') {
      // Its copy of the file is freed with it, before the file may be read again.
      await discard();
    }
    return report;
  }

  async function scanFiles({ ruleset, files, unpack }: FilesRequest, deadlineMs: number) {
    await load(ruleset);
    const current = await liveThread();
    const request = { type: 'scan_files', rulesetId: ruleset.id, files, unpack, steps } as const;
    const ms = files.length === 1 ? deadlineMs : Math.min(placedDeadlineMs, deadlineMs);
    const answer = await withinSteps(ms, () => Atomics.load(steps, 0), current.ask(request));
    const isAnswered = answer !== 'timeout' && answer.type === 'scanned_files';
    if (!isAnswered || answer.isBroken) await discard();
    return isAnswered ? answer.reports : files.map(() => null);
  }

  return {
    has: (rulesetId) => thread?.alive === true && loaded.some(({ id }) => id === rulesetId),
    load: (ruleset) => during(load(ruleset)),
    scan: (request, deadlineMs) => during(scan(request, deadlineMs)),
    scanFiles: (request, deadlineMs) => during(scanFiles(request, deadlineMs)),
    close: () => {
      closed = new RearviewError('ERR_STATE', 'The scan pool was closed.');
      const last = thread;
      if (last?.alive !== true || running > 0) return discard(closed);
      thread = undefined;
      for (const { id } of loaded.splice(0)) last.send({ type: 'free', rulesetId: id });
      return threads.giveBack(last);
    },
  };
}

function imageBytes(origin: RulesetOrigin): number {
  return origin.from === 'sources' ? 0 : origin.image.memoryBytes;
}

function crashMessage(id: string, answer: WorkerAnswer): string {
  return `The engine crashed twice while it loaded ruleset ${id}. ${crashDetail(answer)} Run "rearview rules check" to check the rule files one by one.`;
}

function crashDetail(answer: WorkerAnswer): string {
  return answer.type === 'crashed' ? answer.detail : `The worker responded "${answer.type}".`;
}

function loadTimeout(id: string, ms: number): RearviewError {
  return new RearviewError(
    'ERR_RULES_TIMEOUT',
    `The engine did not compile ruleset ${id.slice(0, 12)} within ${ms} ms: run "rearview rules check" to find the slow rule file.`,
  );
}

/** Returns a buffer with only these bytes, so that transferring it affects no other data. */
function wholeBuffer(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}
