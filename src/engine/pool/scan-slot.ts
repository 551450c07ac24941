import { RearviewError } from '../../domain/errors.ts';
import type { RulesetImage } from '../../domain/rulesets/ruleset.ts';
import type { ScannableRuleset, ScanReport, ScanRequest } from '../types.ts';
import { within } from '../within.ts';
import type { LoadTimeouts } from './load-timeouts.ts';
import type { CrashReason, Hashes, RulesetOrigin, WorkerAnswer } from './scan-protocol.ts';
import { type SpawnWorker, startWorkerThread, type WorkerThread } from './worker-thread.ts';

/** Images that the slots of a pool share. */
export interface PoolImages {
  /**
   * The image to load, and whether a worker of the pool made it; null if the sources must be
   * compiled.
   */
  of(ruleset: ScannableRuleset): { readonly image: RulesetImage; readonly isOwn: boolean } | null;
  /** Stores an image that a worker made. */
  keep(rulesetId: string, image: RulesetImage): void;
  /** Stops using the images of this ruleset. */
  refuse(rulesetId: string, why: string): void;
}

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
  /** Ends the thread and rejects the running call with `ERR_STATE`. */
  close(): Promise<void>;
}

export interface ScanSlotOptions {
  readonly spawn: SpawnWorker;
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

/** Creates a slot; its thread starts with the first call. */
export function createScanSlot({
  spawn,
  images,
  maxRulesets,
  maxRulesetBytes,
  loadDeadlineMs,
  timeouts,
}: ScanSlotOptions): ScanSlot {
  let thread: WorkerThread | undefined;
  let ending: Promise<void> = Promise.resolve();
  /** The rulesets that the thread has loaded, the most recently used last. */
  let loaded: { readonly id: string; readonly memoryBytes: number }[] = [];
  let closed: RearviewError | undefined;

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
    thread ??= startWorkerThread(spawn);
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
      const given = images.of(ruleset);
      evict(current, maxRulesets - 1, maxRulesetBytes - (given?.image.memoryBytes ?? 0));
      const origin: RulesetOrigin =
        given === null ? { from: 'sources', sources: ruleset.sources } : { from: 'image', ...given };
      const withinMs = given === null ? loadDeadlineMs : Math.min(imageDeadlineMs, loadDeadlineMs);
      const answer = await within(withinMs, current.ask({ type: 'load', rulesetId: id, origin }));
      if (answer === 'timeout') {
        void discard();
        if (given === null) {
          const error = loadTimeout(id, withinMs);
          timeouts.note(id, error);
          throw error;
        }
        images.refuse(id, `it was not loaded within ${withinMs} ms`);
        continue;
      }
      if (answer.type === 'loaded') {
        if (answer.image !== null) images.keep(id, answer.image);
        evict(current, maxRulesets - 1, maxRulesetBytes - answer.memoryBytes);
        loaded.push({ id, memoryBytes: answer.memoryBytes });
        return answer.ms;
      }
      if (answer.type === 'invalid') throw new RearviewError('ERR_RULES_INVALID', answer.message);
      if (answer.type === 'refused') {
        images.refuse(id, answer.why);
        continue;
      }
      void discard();
      if (given !== null) {
        images.refuse(id, crashDetail(answer));
        continue;
      }
      if (attempt === 2) throw new RearviewError('ERR_RULES_INVALID', crashMessage(id, answer));
      attempt += 1;
    }
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

  async function scan({ ruleset, bytes, externals }: ScanRequest, deadlineMs: number): Promise<ScanReport> {
    await load(ruleset);
    const current = await liveThread();
    const size = bytes.byteLength;
    let hashes: Hashes | undefined;
    const lines: string[] = [];
    let dropped = 0;
    const asked = current.ask({ type: 'scan', rulesetId: ruleset.id, bytes: wholeBuffer(bytes), externals }, (news) => {
      if (news.type === 'hashed') hashes = { sha256: news.sha256, md5: news.md5 };
      else if (news.type === 'printed') lines.push(news.text);
      else if (news.type === 'dropped') dropped = news.count;
    });
    const answer = await within(deadlineMs, asked);
    const printed = lines.length + dropped === 0 ? {} : { printed: { lines, dropped } };
    if (answer !== 'timeout' && answer.type === 'scanned' && hashes !== undefined) {
      const limited = answer.matchLimitReached ? { matchLimitReached: true as const } : {};
      const unfit = answer.variableProblems.length > 0 ? { variableProblems: answer.variableProblems } : {};
      if (answer.worn) void discard();
      return {
        status: 'scanned',
        ...hashes,
        size,
        matches: answer.matches,
        ...limited,
        ...unfit,
        engineMs: answer.engineMs,
        ...printed,
      };
    }
    // Its copy of the file is freed with it, before the file may be read again.
    await discard();
    return { status: 'failed', ...failure(answer, deadlineMs), size, ...hashes, ...printed };
  }

  return {
    has: (rulesetId) => thread?.alive === true && loaded.some(({ id }) => id === rulesetId),
    load,
    scan,
    close: () => {
      closed = new RearviewError('ERR_STATE', 'The scan pool was closed.');
      return discard(closed);
    },
  };
}

function failure(
  answer: WorkerAnswer | 'timeout',
  deadlineMs: number,
): { reason: CrashReason | 'timeout'; detail: string } {
  if (answer === 'timeout') return { reason: 'timeout', detail: `The scan did not end within ${deadlineMs} ms.` };
  if (answer.type === 'crashed') return { reason: answer.reason, detail: answer.detail };
  return { reason: 'engine_crash', detail: `The worker responded to a scan with "${answer.type}".` };
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
