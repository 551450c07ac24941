import pMap from 'p-map';
import { analyzeLive, liveBatchId } from '../app/analysis/analyze-live.ts';
import type { AnalyzerTask } from '../app/analysis/work-through.ts';
import { hasCode, RearviewError } from '../domain/errors.ts';
import type { ObjectInfo } from '../domain/objects/object.ts';
import type { LedgerEntry, Outcome } from '../domain/scans/outcome.ts';
import { indexedTogether } from '../targets/aws/prices/indexed-together.ts';
import { type BatchResponse, batchResponse } from './events/batch-response.ts';
import { parseLiveEvent } from './events/live-event.ts';
import { type ArrivedObject, type Delivery, knownInfo } from './events/work-items.ts';
import { analyzerOf } from './function-analyzer.ts';
import { defineHandler, type Invocation } from './invocation.ts';
import { returnEarly } from './return-early.ts';

const headsAtOnce = 16;

/** The response; to a direct invocation also the outcome of each object. */
type LiveResponse = BatchResponse & { readonly objects?: readonly LedgerEntry[] };

/** An object and the messages that named it. */
interface Arrival {
  readonly object: ObjectInfo;
  readonly deliveries: readonly Delivery[];
}

/**
 * Analyzes objects that arrived: from SQS, with partial batch responses, or invoked directly. A
 * message is delivered again, after a pause, until all its objects have their outcome, durably; the
 * others of its batch do not.
 */
export const handleArrivals = defineHandler(async (event, invocation): Promise<LiveResponse> => {
  const { target, telemetry } = invocation;
  const { versioned, corpusBuckets } = target.config;
  const items = parseLiveEvent(event, { versioned, corpusBuckets });
  const failed: (Delivery & { readonly error: unknown })[] = [];
  const fail = (delivery: Delivery, error: unknown, object?: ArrivedObject) => {
    telemetry.log.error('object not analyzed', error, { ...object, messageId: delivery.messageId ?? undefined });
    failed.push({ ...delivery, error });
  };

  for (const item of items) {
    if (item.type === 'ignored') {
      telemetry.count('EventsIgnored');
      // An event outside the corpus should not have been sent: an operator has to fix a rule.
      const level = item.reason === 'outside_corpus' ? 'warn' : 'debug';
      telemetry.log[level]('event ignored', { reason: item.reason, detail: item.detail });
    } else if (item.type === 'problem') {
      fail(item, new RearviewError('ERR_CONFIG', item.problem));
    }
  }
  const arrived = items.filter((item) => item.type === 'object');
  const found = await pMap(
    arrived,
    async (item) => {
      const object = await locate(invocation, item.object).catch((error: unknown) => fail(item, error, item.object));
      return object == null ? [] : [{ object, deliveries: [item] }];
    },
    { concurrency: headsAtOnce },
  );
  const arrivals = mergeSameObjects(found.flat());
  const entries = await analyzeArrivals(invocation, arrivals, fail);
  if (arrivals.length > 0) await analyzerOf(invocation).indexWriter?.flush(indexedTogether);
  await returnEarly(target.state.queues.live, event, {
    ...{ failed, maxReceives: target.config.maxReceives },
    onError: (error) => telemetry.log.warn('visibility not changed', { error: String(error) }),
  });
  telemetry.count('MessagesFailed', new Set(failed.map(({ messageId }) => messageId)).size);
  const isDirect = items.every(({ messageId }) => messageId === null);
  return { ...batchResponse(failed), ...(isDirect ? { objects: entries } : {}) };
});

async function analyzeArrivals(
  { target, telemetry, time }: Invocation,
  arrivals: readonly Arrival[],
  fail: (delivery: Delivery, error: unknown, object: ArrivedObject) => void,
): Promise<readonly LedgerEntry[]> {
  if (arrivals.length === 0) return [];
  const byTask = new Map<AnalyzerTask, Arrival>();
  for (const arrival of arrivals) {
    const isLast = ({ messageId, receiveCount }: Delivery) =>
      messageId !== null && receiveCount >= target.config.maxReceives;
    byTask.set({ object: arrival.object, lastAttempt: arrival.deliveries.every(isLast) }, arrival);
  }
  const failAll = (task: AnalyzerTask, error: unknown) => {
    for (const delivery of byTask.get(task)?.deliveries ?? []) fail(delivery, error, task.object);
  };
  const { done, failed, left, current } = await analyzeLive(analyzerOf({ target }), [...byTask.keys()], { time });
  telemetry.gauge('AppliedRulesetSequence', current.sequence);
  for (const { task, error } of failed) failAll(task, error);
  for (const task of left) failAll(task, new RearviewError('ERR_UNAVAILABLE', 'The time of the invocation ran out.'));
  for (const { task, entry } of done) {
    // Recorded as failed, and kept as a dead letter: a redrive brings it back once the cause is
    // fixed.
    if (task.lastAttempt && isMendable(entry.outcome)) failAll(task, new Error(describe(entry.outcome)));
  }
  return done.map(({ entry }) => entry);
}

/**
 * The object with all that an analysis needs. Null if it is gone and its version is not known.
 * @throws RearviewError what looking it up throws
 */
async function locate({ target, telemetry }: Invocation, described: ArrivedObject): Promise<ObjectInfo | null> {
  const info = knownInfo(described);
  if (info !== null) return info;
  const { bucket, key, version } = described;
  const reader = target.readers.get(bucket);
  if (reader === undefined) throw new RearviewError('ERR_CONFIG', `No bucket "${bucket}" is configured.`);
  try {
    const found = await reader.head({ key, ...(version === undefined ? {} : { version }) });
    const { uploadedBy } = described;
    return uploadedBy === undefined || found.version !== version ? found : { ...found, uploadedBy };
  } catch (error) {
    if (hasCode(error, 'ERR_OBJECT_GONE') && version === undefined) {
      telemetry.log.warn('object gone', { bucket, key });
      return null;
    }
    // Its name is known: reading it shows the error, which goes to the ledger.
    if (version !== undefined && hasCode(error, 'ERR_OBJECT_GONE')) {
      return {
        bucket,
        key,
        version,
        size: described.size ?? 0,
        arrivedAt: described.arrivedAt ?? new Date().toISOString(),
      };
    }
    throw error;
  }
}

/** Merges messages about the same object version: it is analyzed once, for all. */
function mergeSameObjects(arrivals: readonly Arrival[]): readonly Arrival[] {
  const byObject = new Map<string, Arrival>();
  for (const arrival of arrivals) {
    const id = liveBatchId(arrival.object);
    const earlier = byObject.get(id);
    const uploadedBy = earlier?.object.uploadedBy ?? arrival.object.uploadedBy;
    const object = { ...arrival.object, ...(uploadedBy === undefined ? {} : { uploadedBy }) };
    byObject.set(id, { object, deliveries: [...(earlier?.deliveries ?? []), ...arrival.deliveries] });
  }
  return [...byObject.values()];
}

function isMendable(outcome: Outcome): boolean {
  return outcome.status === 'failed' && (outcome.reason === 'denied' || outcome.reason === 'unreadable');
}

function describe(outcome: Outcome): string {
  const { status, ...rest } = outcome;
  return [status, ...Object.values(rest)].join(', ');
}
