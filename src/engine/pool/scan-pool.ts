import { availableParallelism } from 'node:os';
import { RearviewError } from '../../domain/errors.ts';
import type { ScanPool, ScanPoolOptions, ScanReport, ScanRequest } from '../types.ts';
import { createLoadTimeouts, defaultLoadDeadlineMs } from './load-timeouts.ts';
import { createPoolImages } from './pool-images.ts';
import { createScanSlot, type ScanSlot } from './scan-slot.ts';
import { type SpareThreads, scanThreads } from './spare-threads.ts';
import { type SpawnWorker, startWorkerThread, type WorkerThread } from './worker-thread.ts';

/**
 * Number of rulesets that one worker keeps: the current one, the previous one, and the delta of a
 * retro scan.
 */
const defaultRulesetsPerWorker = 3;
const defaultRulesetBytesPerWorker = 512 * 1024 * 1024;
const defaultDeadlineMs = 30_000;

/** A task for one slot; either a given one or any that is free. */
interface Task {
  readonly slot: ScanSlot | undefined;
  readonly rulesetId: string;
  run(slot: ScanSlot): Promise<void>;
  refuse(reason: RearviewError): void;
}

/**
 * Starts a pool of scan workers. The threads start with the first task that needs them.
 * @param spawn for tests: replaces the real worker
 */
export function createScanPool(options: ScanPoolOptions = {}, spawn?: SpawnWorker): ScanPool {
  const workers = options.workers ?? availableParallelism();
  const deadlineMs = options.deadlineMs ?? defaultDeadlineMs;
  const maxRulesets = options.rulesetsPerWorker ?? defaultRulesetsPerWorker;
  const maxRulesetBytes = options.rulesetBytesPerWorker ?? defaultRulesetBytesPerWorker;
  const images = createPoolImages({ onRefused: options.onImageRefused, bases: options.bases });
  const { loadDeadlineMs = defaultLoadDeadlineMs } = options;
  const timeouts = createLoadTimeouts();
  const threads = spawn === undefined ? scanThreads(options.maxMemoryBytes) : ownThreads(spawn);
  const slots = Array.from({ length: workers }, () =>
    createScanSlot({ threads, images, maxRulesets, maxRulesetBytes, loadDeadlineMs, timeouts }),
  );
  let idle = [...slots];
  let waiting: Task[] = [];
  let closed: Promise<void> | undefined;

  function dispatch(): void {
    for (const task of waiting) {
      const slot = task.slot ?? idle.find((each) => each.has(task.rulesetId)) ?? idle[0];
      if (slot === undefined) return;
      if (!idle.includes(slot)) continue;
      idle = idle.filter((each) => each !== slot);
      waiting = waiting.filter((each) => each !== task);
      void task.run(slot).then(() => {
        // In the order of the slots, so that a light load uses few threads.
        idle = slots.filter((each) => each === slot || idle.includes(each));
        dispatch();
      });
    }
  }

  function enqueue<T>(rulesetId: string, work: (slot: ScanSlot) => Promise<T>, slot?: ScanSlot): Promise<T> {
    if (closed !== undefined) return Promise.reject(closedError());
    return new Promise<T>((resolve, reject) => {
      waiting.push({ slot, rulesetId, run: (free) => work(free).then(resolve, reject), refuse: reject });
      dispatch();
    });
  }

  function scan(request: ScanRequest): Promise<ScanReport> {
    // An empty buffer would be scanned as an empty file, and reported as clean.
    if (request.bytes.buffer.detached)
      return Promise.reject(new TypeError('These bytes were already given to a scan.'));
    return enqueue(request.ruleset.id, (slot) => slot.scan(request, request.deadlineMs ?? deadlineMs));
  }

  async function close(): Promise<void> {
    for (const task of waiting) task.refuse(closedError());
    waiting = [];
    await Promise.all(slots.map((slot) => slot.close()));
  }

  return {
    workers,
    scan,
    scanFiles: (request) => enqueue(request.ruleset.id, (slot) => slot.scanFiles(request, deadlineMs)),
    warm: async (ruleset) => {
      const times = await Promise.all(slots.map((slot) => enqueue(ruleset.id, (each) => each.load(ruleset), slot)));
      return Math.max(0, ...times);
    },
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

/** Threads that no other pool uses. */
function ownThreads(spawn: SpawnWorker): Pick<SpareThreads, 'take' | 'giveBack'> {
  return { take: () => startWorkerThread(spawn), giveBack: (thread: WorkerThread) => thread.kill() };
}

function closedError(): RearviewError {
  return new RearviewError('ERR_STATE', 'The scan pool was closed.');
}
