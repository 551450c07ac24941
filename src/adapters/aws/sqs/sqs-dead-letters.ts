import { ChangeMessageVisibilityBatchCommand, DeleteMessageBatchCommand } from '@aws-sdk/client-sqs';
import type { DeadLetter, ReceivedMessage } from '../../../ports/queue.ts';
import { translateAwsError, unavailable } from '../aws-errors.ts';
import { maxBatchEntries } from './pack-for-sqs.ts';
import { maxReceived, receiveFromSqs, type SqsPlace } from './sqs-receive.ts';

/**
 * The dead-letter queue, and how to look into it: SQS cannot list messages, only receive them for a
 * while.
 */
export interface DeadLetterOptions extends SqsPlace {
  /** Milliseconds that messages are hidden from others while they are examined. */
  readonly holdMs: number;
  /**
   * Seconds to wait for messages. At 0, SQS asks only some of its servers, and may report that
   * there are none.
   */
  readonly waitSeconds: number;
  /**
   * Returns the number of messages, hidden ones included. Another reader (the finisher, each minute)
   * hides messages for up to `holdMs`: they are waited for. Default: what is hidden is left out.
   */
  readonly count?: () => Promise<number>;
}

/** Returns up to `limit` dead letters without removing them, oldest first. */
export async function peekDeadLetters(options: DeadLetterOptions, limit: number): Promise<readonly DeadLetter[]> {
  const found: ReceivedMessage[] = [];
  await lookThrough(options, {
    wanted: () => limit - found.length,
    visit: async (fresh) => {
      found.push(...fresh);
      return [];
    },
  });
  return found
    .toSorted((a, b) => (a.sentAt < b.sentAt ? -1 : Number(a.sentAt > b.sentAt)))
    .map(({ id, body, receiveCount, sentAt }) => ({ id, body, receiveCount, sentAt }));
}

/**
 * Sends dead letters with `send`, which returns their new ids, and then removes them: a crash in
 * between leaves a message twice rather than not at all. Letters that die again meanwhile are
 * ignored, so that it ends. Returns how many were moved.
 */
export async function moveDeadLetters(
  options: DeadLetterOptions,
  ids: readonly string[] | undefined,
  send: (bodies: readonly string[]) => Promise<readonly string[]>,
): Promise<number> {
  const left = ids === undefined ? null : new Set(ids);
  const returned = new Set<string>();
  let count = 0;
  await lookThrough(options, {
    wanted: () => (left === null || left.size > 0 ? maxReceived : 0),
    visit: async (fresh) => {
      const chosen = fresh.filter(({ id }) => (left === null ? !returned.has(id) : left.has(id)));
      for (const id of await send(chosen.map(({ body }) => body))) returned.add(id);
      await remove(options, chosen);
      for (const { id } of chosen) left?.delete(id);
      count += chosen.length;
      return chosen;
    },
  });
  return count;
}

/**
 * Receives messages, each passed to `visit` once, until none is `wanted` or a round brings nothing
 * new. Those that `visit` did not report as removed are made visible again at the end, also after
 * an error.
 */
async function lookThrough(
  options: DeadLetterOptions,
  {
    wanted,
    visit,
  }: {
    readonly wanted: () => number;
    readonly visit: (fresh: readonly ReceivedMessage[]) => Promise<readonly ReceivedMessage[]>;
  },
): Promise<void> {
  const seen = new Set<string>();
  const expected = (await options.count?.()) ?? 0;
  const until = performance.now() + options.holdMs;
  const held = new Map<string, ReceivedMessage>();
  try {
    for (let max = wanted(); max > 0; max = wanted()) {
      const isAwaiting = seen.size < expected && performance.now() < until;
      const waitSeconds = isAwaiting ? Math.max(1, options.waitSeconds) : options.waitSeconds;
      const round = await receiveFromSqs(options, { max, waitSeconds, visibilityMs: options.holdMs });
      // Only the newest receipt is valid.
      for (const message of round) held.set(message.id, message);
      const fresh = [...new Map(round.map((each) => [each.id, each])).values()].filter(({ id }) => !seen.has(id));
      const isOver = round.length > 0 || seen.size >= expected || performance.now() >= until;
      if (fresh.length === 0 && isOver) break;
      for (const { id } of fresh) seen.add(id);
      for (const { id } of await visit(fresh)) held.delete(id);
    }
  } catch (error) {
    // They become visible when `holdMs` is over; the first error is the important one.
    await showAgain(options, [...held.values()]).catch(() => undefined);
    throw error;
  }
  await showAgain(options, [...held.values()]);
}

async function showAgain({ client, url, what }: SqsPlace, messages: readonly ReceivedMessage[]): Promise<void> {
  for (const batch of inTens(messages)) {
    const Entries = batch.map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
    // Entries that SQS fails to change become visible a little later.
    await client
      .send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries }))
      .catch((error: unknown) =>
        Promise.reject(translateAwsError(error, { what, permission: 'sqs:ChangeMessageVisibility' })),
      );
  }
}

/**
 * @throws RearviewError `ERR_UNAVAILABLE` if some are left: they have been sent, and will be sent
 *   again
 */
async function remove({ client, url, what }: SqsPlace, messages: readonly ReceivedMessage[]): Promise<void> {
  for (const Entries of inTens(messages)) {
    const { Failed = [] } = await client
      .send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }))
      .catch((error: unknown) => Promise.reject(translateAwsError(error, { what, permission: 'sqs:DeleteMessage' })));
    const [first] = Failed;
    if (first === undefined) continue;
    const why = `${first.Code ?? 'unknown'}: ${first.Message ?? ''}`;
    throw unavailable(what, `(${Failed.length} messages were put back and could not be removed from it: ${why})`);
  }
}

function inTens(messages: readonly ReceivedMessage[]) {
  return Array.from({ length: Math.ceil(messages.length / maxBatchEntries) }, (_, index) =>
    messages
      .slice(index * maxBatchEntries, (index + 1) * maxBatchEntries)
      .map(({ receipt }, place) => ({ Id: String(place), ReceiptHandle: receipt })),
  );
}
