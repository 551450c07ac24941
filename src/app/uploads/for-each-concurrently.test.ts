import test from 'ava';
import { forEachConcurrently } from './for-each-concurrently.ts';

async function* items(count: number): AsyncGenerator<number> {
  for (let item = 0; item < count; item += 1) yield item;
}

/** A promise and its key. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), opened };
}

test('every item is processed once, with a limited number at a time', async (t) => {
  const done: number[] = [];
  let now = 0;
  let most = 0;
  await forEachConcurrently(
    items(50),
    async (item) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      done.push(item);
    },
    { concurrency: 4 },
  );
  t.is(most, 4);
  t.deepEqual(
    done.sort((a, b) => a - b),
    Array.from({ length: 50 }, (_, item) => item),
  );
});

test('an error of one item stops the others, waits for them, and is thrown', async (t) => {
  const begun = gate();
  const ended: string[] = [];
  const running = forEachConcurrently(
    items(100),
    async (item, signal) => {
      if (item === 0) {
        begun.open();
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        await new Promise((resolve) => setImmediate(resolve));
        ended.push('the other');
        return;
      }
      await begun.opened;
      throw new Error(`item ${item}`);
    },
    { concurrency: 2 },
  );
  await t.throwsAsync(running, { message: 'item 1' });
  t.deepEqual(ended, ['the other']);
});

test('the signal ends it while it waits for an item', async (t) => {
  const stop = new AbortController();
  const waiting = gate();
  async function* endless(): AsyncGenerator<number> {
    yield 1;
    waiting.open();
    await new Promise(() => undefined);
  }
  const worked: number[] = [];
  const running = forEachConcurrently(endless(), async (item) => void worked.push(item), {
    concurrency: 3,
    signal: stop.signal,
  });
  await waiting.opened;
  stop.abort();
  await running;
  t.deepEqual(worked, [1]);
});

test('an error of the iteration is thrown', async (t) => {
  async function* broken(): AsyncGenerator<number> {
    yield 1;
    throw new Error('no more');
  }
  await t.throwsAsync(
    forEachConcurrently(broken(), async () => undefined, { concurrency: 2 }),
    { message: 'no more' },
  );
});
