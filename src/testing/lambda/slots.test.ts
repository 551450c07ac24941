import test from 'ava';
import { createSlots } from './slots.ts';

const forever = Number.POSITIVE_INFINITY;

test('places are given out in order, and never more than there are', async (t) => {
  const slots = createSlots(2, new AbortController().signal);
  const order: number[] = [];
  const take = async (index: number) => {
    t.true(await slots.acquire(forever));
    order.push(index);
  };
  const all = [0, 1, 2, 3].map(take);
  await Promise.all(all.slice(0, 2));
  t.deepEqual(order, [0, 1]);
  slots.release();
  await all[2];
  t.deepEqual(order, [0, 1, 2]);
  slots.release();
  await all[3];
  t.false(await slots.acquire(0));
  slots.release();
  slots.release();
  t.true(await slots.acquire(0));
  t.true(await slots.acquire(0));
  t.false(await slots.acquire(0));
});

test('an unsuccessful wait takes no slot', async (t) => {
  const slots = createSlots(1, new AbortController().signal);
  t.true(await slots.acquire(0));
  t.false(await slots.acquire(1));
  slots.release();
  t.true(await slots.acquire(0));
});

test('an aborted signal refuses current and later waits', async (t) => {
  const stopping = new AbortController();
  const slots = createSlots(1, stopping.signal);
  t.true(await slots.acquire(0));
  const waiting = slots.acquire(forever);
  stopping.abort();
  t.false(await waiting);
  slots.release();
  t.false(await slots.acquire(forever));
});
