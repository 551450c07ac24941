import type { ExecutionContext, TestFn } from 'ava';
import type { Queue, ReceivedMessage } from './queue.ts';

/** A queue under test, and a way to let its time pass. */
export interface QueueUnderTest {
  readonly queue: Queue;
  /** Lets time pass: moves a fake clock, or waits. */
  advance(ms: number): Promise<void>;
}

export interface QueueContractOptions {
  /** Visibility timeout of the queues in whole seconds, as milliseconds. Default: 30,000. */
  readonly visibilityMs?: number;
  /** False for queues that keep no order, such as SQS standard queues. Default: true. */
  readonly ordered?: boolean;
  /**
   * False if a receipt of an earlier delivery may still remove a message, as SQS permits. Default:
   * true.
   */
  readonly staleReceiptsIgnored?: boolean;
  /** False if numbers are approximate, as in SQS. Default: true. */
  readonly exactStats?: boolean;
  /** False if an empty body cannot be sent, as in SQS. Default: true. */
  readonly emptyBodies?: boolean;
  /** True if looking at dead letters counts as receiving them, as in SQS. Default: false. */
  readonly peeksCount?: boolean;
}

/** Deliveries before a message becomes a dead letter, in the queues of `makeAdapter`. */
export const contractMaxReceives = 2;

/** Tests that every `Queue` passes. `makeAdapter` makes one with `contractMaxReceives`. */
export function queueContract(
  test: TestFn,
  makeAdapter: (t: ExecutionContext, visibilityMs: number) => Promise<QueueUnderTest> | QueueUnderTest,
  options: QueueContractOptions = {},
): void {
  const { visibilityMs = 30_000, ordered = true, staleReceiptsIgnored = true, exactStats = true } = options;
  const { emptyBodies = true, peeksCount = false } = options;
  const make = async (t: ExecutionContext) => makeAdapter(t, visibilityMs);

  test('queue: sent messages are received, up to the requested number', async (t) => {
    const { queue } = await make(t);
    const bodies = ['a', emptyBodies ? '' : 'b', 'ü\n{"x":1}', 'd', 'e'];
    await queue.send(bodies);
    const first = await queue.receive({ max: 3 });
    t.true(first.length <= 3 && first.length > 0);
    const received = [...first, ...(await drain(queue))];
    t.deepEqual(received.map(({ body }) => body).sort(), bodies.toSorted());
    if (ordered)
      t.deepEqual(
        received.map(({ body }) => body),
        bodies,
      );
    t.true(received.every(({ receiveCount }) => receiveCount === 1));
    t.is(new Set(received.map(({ receipt }) => receipt)).size, bodies.length);
    t.true(received.every(({ sentAt }) => new Date(sentAt).toISOString() === sentAt));
  });

  test('queue: sending nothing is allowed', async (t) => {
    const { queue } = await make(t);
    await queue.send([]);
    t.deepEqual(await queue.receive({ max: 10 }), []);
  });

  test('queue: a message in flight is not received again before its time', async (t) => {
    const { queue, advance } = await make(t);
    await queue.send(['a']);
    const [first] = await drain(queue);
    t.deepEqual(await queue.receive({ max: 10 }), []);
    await advance(visibilityMs + 1);
    const [second] = await drain(queue);
    t.is(second?.id, first?.id);
    t.is(second?.receiveCount, 2);
    t.not(second?.receipt, first?.receipt);
  });

  test('queue: an acknowledged message is never delivered again, and acknowledging twice is harmless', async (t) => {
    const { queue, advance } = await make(t);
    await queue.send(['a', 'b']);
    const [first] = await drain(queue);
    await queue.acknowledge(only(first));
    await queue.acknowledge(only(first));
    await advance(visibilityMs + 1);
    t.deepEqual(
      (await drain(queue)).map(({ body }) => body),
      ['b'],
    );
  });

  if (staleReceiptsIgnored) {
    test('queue: a receipt of an earlier delivery removes, extends and releases nothing', async (t) => {
      const { queue, advance } = await make(t);
      await queue.send(['a']);
      const [late] = await drain(queue);
      await advance(visibilityMs + 1);
      const [current] = await drain(queue);
      await queue.acknowledge(only(late));
      await queue.release(only(late), 0);
      t.deepEqual(await queue.receive({ max: 1 }), []);
      await advance(visibilityMs - 1);
      await queue.extend(only(late));
      await advance(2);
      // Its timeout expired, and it was received twice: it is a dead letter, not gone.
      t.deepEqual(await queue.receive({ max: 1 }), []);
      t.deepEqual(
        (await queue.deadLetters({ limit: 10 })).map(({ id }) => id),
        [current?.id ?? ''],
      );
    });
  }

  test('queue: a late acknowledgement counts if no other receiver has received the message', async (t) => {
    const { queue, advance } = await make(t);
    await queue.send(['a']);
    const [message] = await drain(queue);
    await advance(visibilityMs + 1);
    await queue.acknowledge(only(message));
    t.deepEqual(await queue.receive({ max: 1 }), []);
  });

  test('queue: extending restarts the visibility timeout', async (t) => {
    const { queue, advance } = await make(t);
    await queue.send(['a']);
    const [message] = await drain(queue);
    await advance(visibilityMs * 0.6);
    await queue.extend(only(message));
    await advance(visibilityMs * 0.6);
    t.deepEqual(await queue.receive({ max: 1 }), []);
    await advance(visibilityMs * 0.6);
    t.is((await drain(queue)).length, 1);
  });

  test('queue: a released message is delivered after its delay', async (t) => {
    const { queue, advance } = await make(t);
    await queue.send(['a']);
    const [message] = await drain(queue);
    const delayMs = visibilityMs / 2;
    await queue.release(only(message), delayMs);
    t.deepEqual(await queue.receive({ max: 1 }), []);
    await advance(delayMs + 1);
    const [again] = await drain(queue);
    t.is(again?.receiveCount, 2);
  });

  test('queue: a message received too often becomes a dead letter at the next attempt, and others pass it', async (t) => {
    const { queue, advance } = await make(t);
    await queue.send(['poison']);
    for (let count = 1; count <= contractMaxReceives; count += 1) {
      t.deepEqual(
        (await drain(queue)).map(({ receiveCount }) => receiveCount),
        [count],
      );
      await advance(visibilityMs + 1);
    }
    await queue.send(['fine']);
    t.deepEqual(
      (await drain(queue)).map(({ body }) => body),
      ['fine'],
    );
    const [letter] = await queue.deadLetters({ limit: 10 });
    t.is(letter?.body, 'poison');
    if (peeksCount) t.true((letter?.receiveCount ?? 0) >= contractMaxReceives);
    else t.is(letter?.receiveCount, contractMaxReceives);
    if (exactStats) t.like(await queue.stats(), { visible: 0, inFlight: 1, deadLetters: 1 });
  });

  test('queue: redrive returns all or the named dead letters with a receive count of 0', async (t) => {
    const { queue, advance } = await make(t);
    await queue.send(['a', 'b', 'c']);
    for (let count = 0; count <= contractMaxReceives; count += 1) {
      await drain(queue);
      await advance(visibilityMs + 1);
    }
    const letters = await queue.deadLetters({ limit: 10 });
    t.is(letters.length, 3);
    t.is((await queue.deadLetters({ limit: 2 })).length, 2);
    const chosen = only(letters[1]);
    t.is(await queue.redrive({ ids: [chosen.id, 'no such id'] }), 1);
    t.deepEqual(
      (await drain(queue)).map(({ body, receiveCount }) => [body, receiveCount]),
      [[chosen.body, 1]],
    );
    t.is(await queue.redrive(), 2);
    t.is(await queue.redrive(), 0);
    t.is((await drain(queue)).length, 2);
  });

  if (exactStats) {
    test('queue: stats report visible messages, messages in flight, and the age of the oldest', async (t) => {
      const { queue, advance } = await make(t);
      t.deepEqual(await queue.stats(), { visible: 0, inFlight: 0, deadLetters: 0, oldestMs: null });
      await queue.send(['a', 'b', 'c']);
      await advance(1000);
      await queue.receive({ max: 1 });
      t.deepEqual(await queue.stats(), { visible: 2, inFlight: 1, deadLetters: 0, oldestMs: 1000 });
      await advance(visibilityMs + 1);
      t.like(await queue.stats(), { visible: 3, inFlight: 0 });
      const [message] = await queue.receive({ max: 1 });
      await queue.release(only(message), 5000);
      t.like(await queue.stats(), { visible: 2, inFlight: 1 });
    });
  }

  test('queue: a waiting receiver gets messages sent meanwhile', async (t) => {
    const { queue } = await make(t);
    const waiting = queue.receive({ max: 10, waitMs: 20_000 });
    await queue.send(['a']);
    t.deepEqual(
      (await waiting).map(({ body }) => body),
      ['a'],
    );
  });

  test('queue: a wait that is aborted before or meanwhile ends without messages', async (t) => {
    const { queue } = await make(t);
    const meanwhile = new AbortController();
    const waiting = queue.receive({ max: 1, waitMs: 20_000, signal: meanwhile.signal });
    meanwhile.abort();
    t.deepEqual(await waiting, []);
    t.deepEqual(await queue.receive({ max: 1, waitMs: 20_000, signal: AbortSignal.abort() }), []);
  });

  test('queue: simultaneous receivers never get the same delivery', async (t) => {
    const { queue } = await make(t);
    await queue.send(Array.from({ length: 40 }, (_, index) => `m${index}`));
    const parts = await Promise.all(Array.from({ length: 8 }, () => queue.receive({ max: 5 })));
    const received = [...parts.flat(), ...(await drain(queue))];
    t.is(received.length, 40);
    t.is(new Set(received.map(({ body }) => body)).size, 40);
  });
}

/** Receives until no message arrives. */
async function drain(queue: Queue): Promise<readonly ReceivedMessage[]> {
  const all: ReceivedMessage[] = [];
  for (;;) {
    const messages = await queue.receive({ max: 10 });
    if (messages.length === 0) return all;
    all.push(...messages);
  }
}

function only<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('expected a value');
  return value;
}
