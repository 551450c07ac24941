import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import type { Scan } from '../../domain/scans/scan.ts';
import type { Undelivered } from '../../ports/delivery-log.ts';
import type { Queue, ReceivedMessage } from '../../ports/queue.ts';
import { analyzeBatch } from '../analysis/analyze-batch.ts';
import { analyzeLive } from '../analysis/analyze-live.ts';
import type { Analyzer } from '../analysis/analyzer.ts';
import { cancelOverduePreviews } from '../previews/admit-preview.ts';
import { activePlanned } from '../scans/retro-scans.ts';
import { runBatcher } from '../scans/run-batcher.ts';
import { consumeQueue } from './consume-queue.ts';
import { parseMessage } from './messages.ts';
import { recordDeadLetters } from './record-dead-letters.ts';

/** Interval of the checks of scans and dead letters. */
const housekeepingMs = 250;

export interface PipelineQueues {
  readonly live: Queue;
  readonly retro: Queue;
  readonly preview: Queue;
  /** The visibility timeout of all queues, in milliseconds. */
  readonly visibilityMs: number;
  readonly maxReceives: number;
}

export interface Pipeline {
  /**
   * Finishes what is under way, sends the alerts that are owed, leaves the rest in the queues, and
   * resolves with what each sink has not taken.
   */
  stop(): Promise<readonly Undelivered[]>;
}

/**
 * Runs everything in this process: analyzers for live work, retro scans and previews, each with a
 * scan pool of its own so that a retro scan never delays an upload, and a preview never delays a
 * retro scan; the batcher, the alerts, and the outcomes of dead letters. While a retro scan runs,
 * no batch of a preview is planned or begun.
 */
export function startPipeline(options: {
  readonly live: Analyzer;
  readonly retro: Analyzer;
  readonly preview: Analyzer;
  readonly queues: PipelineQueues;
  /** Names this process among others. */
  readonly owner: string;
}): Pipeline {
  const { live, retro, preview, queues } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const consume = (
    queue: Queue,
    analyzer: Analyzer,
    handle: (message: ReceivedMessage, delivery: { lastAttempt: boolean }) => Promise<void>,
    isHeld: () => Promise<boolean> = async () => false,
  ) =>
    consumeQueue({
      ...{
        queue,
        handle,
        signal,
        isHeld,
        observe: analyzer.observe,
        visibilityMs: queues.visibilityMs,
        maxReceives: queues.maxReceives,
      },
      // Two, so that the workers have the next message when one runs out.
      concurrency: 2,
    });
  const running = [
    consume(queues.live, live, (message, delivery) => handleLive(live, message, delivery), waitsForRules(live)),
    consume(queues.retro, retro, (message, delivery) => handleRetro(retro, message, delivery)),
    consume(
      queues.preview,
      preview,
      (message, delivery) => handleRetro(preview, message, delivery),
      () => isRetroRunning(retro),
    ),
    keepHouse(options, signal),
  ];
  void retro.alerts.flush();
  return {
    async stop() {
      stopping.abort();
      await Promise.all(running);
      const dispatchers = new Set([live.alerts, retro.alerts, preview.alerts]);
      return (await Promise.all([...dispatchers].map((each) => each.stop()))).flat();
    },
  };
}

async function handleLive(analyzer: Analyzer, message: ReceivedMessage, delivery: { readonly lastAttempt: boolean }) {
  const work = parseMessage(message.body);
  if (work.type !== 'object')
    throw new RearviewError('ERR_CONFIG', `The live queue cannot take a ${work.type} message.`);
  const { failed } = await analyzeLive(analyzer, [{ object: work, ...delivery }]);
  if (failed[0] !== undefined) throw failed[0].error;
}

async function handleRetro(analyzer: Analyzer, message: ReceivedMessage, delivery: { readonly lastAttempt: boolean }) {
  const work = parseMessage(message.body);
  if (work.type !== 'batch')
    throw new RearviewError('ERR_CONFIG', `The retro queue cannot take an ${work.type} message.`);
  await analyzeBatch(analyzer, work, delivery);
}

/**
 * Whether files that arrived wait for the first ruleset. After the first one there always is one.
 */
function waitsForRules({ library }: Pick<Analyzer, 'library'>): () => Promise<boolean> {
  let published = false;
  return async () => {
    published ||= (await library.current()) !== null;
    return !published;
  };
}

/** Whether a retro scan has work. A paused scan does not block previews. */
async function isRetroRunning({ scans }: Pick<Analyzer, 'scans'>): Promise<boolean> {
  return (await scans.list({ kind: 'retro', states: ['running'], limit: 1 })).length > 0;
}

async function keepHouse(
  { retro, live, preview, queues, owner }: Parameters<typeof startPipeline>[0],
  signal: AbortSignal,
): Promise<void> {
  const batcher = {
    ...{ ...retro, readersFor: async () => retro.readers, queues, owner, untimed: true, retiresDamaged: true },
    isHeld: async ({ kind }: Pick<Scan, 'kind'>) => kind === 'preview' && (await isRetroRunning(retro)),
  };
  const recordedLive = new Set<string>();
  const recordedRetro = new Set<string>();
  const recordedPreview = new Set<string>();
  while (!signal.aborted) {
    try {
      await cancelOverduePreviews(retro, retro.previews);
      for (const scan of await activePlanned(retro.scans)) {
        if (scan.state === 'running') await runBatcher(batcher, scan.id, signal);
      }
      await recordDeadLetters(live, queues.live, recordedLive);
      await recordDeadLetters(retro, queues.retro, recordedRetro);
      await recordDeadLetters(preview, queues.preview, recordedPreview);
    } catch (error) {
      retro.observe({ type: 'problem', where: 'batcher', message: messageOf(error) });
    }
    await sleep(housekeepingMs, undefined, { signal }).catch(() => undefined);
  }
}
