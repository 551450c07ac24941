import test from 'ava';
import fc from 'fast-check';
import { createByteBudget, createReservation } from './byte-budget.ts';

test('never holds more than the budget, except for a single larger reservation', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 50 }), fc.array(fc.nat({ max: 80 })), async (maxBytes, sizes) => {
      const budget = createByteBudget(maxBytes);
      let held = 0;
      let holders = 0;
      await Promise.all(
        sizes.map(async (size) => {
          const giveBack = await budget.reserve(size);
          held += size;
          holders += 1;
          t.true(held <= maxBytes || holders === 1 || held - size === 0);
          await Promise.resolve();
          held -= size;
          holders -= 1;
          giveBack();
        }),
      );
      t.is(holders, 0);
    }),
  );
});

test('grants reservations in order, so that a large one is not starved', async (t) => {
  const budget = createByteBudget(10);
  const order: string[] = [];
  const first = await budget.reserve(8);
  const large = budget.reserve(10).then((giveBack) => {
    order.push('large');
    giveBack();
  });
  const small = budget.reserve(1).then((giveBack) => {
    order.push('small');
    giveBack();
  });
  first();
  await Promise.all([large, small]);
  t.deepEqual(order, ['large', 'small']);
});

test('releasing twice releases once', async (t) => {
  const budget = createByteBudget(10);
  const first = await budget.reserve(10);
  first();
  first();
  const second = await budget.reserve(10);
  let entered = false;
  const third = budget.reserve(1).then(() => {
    entered = true;
  });
  await Promise.resolve();
  t.false(entered);
  second();
  await third;
});

test('reservations that grow wait with nothing in hand, so that two never wait for each other', async (t) => {
  const budget = createByteBudget(10);
  const [one, two] = [createReservation(budget), createReservation(budget)];
  await Promise.all([one.hold(5), two.hold(5)]);
  const grown: string[] = [];
  const growing = [one, two].map(async (room, index) => {
    await room.hold(8);
    grown.push(`${index}`);
    await room.hold(3);
    room.release();
  });
  await Promise.all(growing);
  t.deepEqual(grown, ['0', '1']);
  await createReservation(budget).hold(10);
});
