import test from 'ava';
import { contractMaxReceives, queueContract } from '../../../ports/queue.contract.ts';
import { tempDatabase } from '../../../testing/local/temp-database.ts';
import { createSqliteQueue } from './queue.ts';

queueContract(test, (t, visibilityMs) => {
  let nowMs = 1_700_000_000_000;
  const db = tempDatabase(t);
  const options = { db, visibilityMs, maxReceives: contractMaxReceives, now: () => nowMs };
  return {
    queue: createSqliteQueue({ ...options, name: 'live' }),
    async advance(ms) {
      nowMs += ms;
    },
  };
});

test('queues of one database are independent of each other', async (t) => {
  const options = { db: tempDatabase(t), visibilityMs: 1000, maxReceives: 3 };
  const live = createSqliteQueue({ ...options, name: 'live' });
  const retro = createSqliteQueue({ ...options, name: 'retro' });
  await live.send(['a']);
  t.deepEqual(await retro.receive({ max: 10 }), []);
  t.is((await retro.stats()).visible, 0);
  t.is(await retro.redrive(), 0);
  t.is((await live.receive({ max: 10 })).length, 1);
});
