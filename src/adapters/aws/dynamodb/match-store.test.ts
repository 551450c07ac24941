import { randomBytes } from 'node:crypto';
import { type Alert, alertSchema } from '../../../domain/alerts/alert.ts';
import { matchStoreContract } from '../../../ports/match-store.contract.ts';
import type { MatchCandidate } from '../../../ports/match-store.ts';
import { dynamoTest } from '../../../testing/aws/dynamodb-test.ts';
import { createDynamoMatchStore } from './match-store.ts';
import type { Table } from './table.ts';
import { matchesTable } from './tables.ts';

function candidateOf({
  key = 'k',
  ...parts
}: {
  readonly key?: string;

  readonly strings?: Alert['strings'];
  readonly meta?: Alert['rule']['meta'];
}): MatchCandidate {
  const at = '2026-01-01T00:00:00.000Z';
  return {
    isStaged: false,
    sameLogicRules: ['a.yar:R'],
    alert: {
      ...{ schema: alertSchema, id: `id of ${key}`, at, strings: parts.strings ?? [] },
      rule: {
        ...{ id: 'a.yar:R', namespace: 'a.yar', name: 'R', tags: [], severity: 'high', logicHash: 'L' },
        meta: parts.meta ?? [],
      },
      file: { sha256: 'c', md5: 'm', size: 1, filepath: key, filename: key },
      object: { bucket: 'corpus', key, version: '1', arrivedAt: at },
      scan: { id: 's', kind: 'live' },
      ruleset: { id: 'rs' },
    },
  };
}

const { test, makeTable } = dynamoTest();

matchStoreContract(test, async (t) => createDynamoMatchStore(await makeTable(t, matchesTable)));

test('an alert too large for an item is returned as owed completely, and stored with as many strings as fit', async (t) => {
  const matches = createDynamoMatchStore(await makeTable(t, matchesTable));
  const strings = Array.from({ length: 600 }, (_, offset) => ({
    identifier: '$a',
    offset,
    length: 1024,
    data: randomBytes(512).toString('hex'),
  }));
  const [owed] = await matches.record([candidateOf({ strings })]);
  t.is(owed?.strings.length, 600);
  const [kept] = await matches.pendingAlerts({ limit: 10 });
  t.is(kept?.stringsTotal, 600);
  t.true((kept?.strings.length ?? 0) > 100);
  t.deepEqual(kept?.strings, strings.slice(0, kept?.strings.length));
  t.is((await matches.list({ filter: {}, limit: 1 })).matches[0]?.alert.stringsTotal, 600);
});

test('only one of two workers that saw an object as new gets the alert', async (t) => {
  const table = await makeTable(t, matchesTable);
  await createDynamoMatchStore(table).record([candidateOf({ key: 'k1' })]);
  let waiting = 0;
  let open = () => {};
  const bothRead = new Promise<void>((resolve) => {
    open = resolve;
  });
  const slow: Table = {
    ...table,
    // Neither writes before both have read.
    async write(actions) {
      waiting += 1;
      if (waiting === 2) open();
      await bothRead;
      return table.write(actions);
    },
  };
  const matches = createDynamoMatchStore(slow);
  const answers = await Promise.all([matches.record([candidateOf({})]), matches.record([candidateOf({})])]);
  t.is(answers.flat().length, 1);
});

test('an alert that is still in the index and was marked meanwhile is not sent again', async (t) => {
  const table = await makeTable(t, matchesTable);
  const matches = createDynamoMatchStore(table);
  const [owed] = await matches.record([candidateOf({})]);
  const stale: Record<string, unknown>[] = [];
  const late: Table = {
    ...table,
    // Simulates an index with a delay: it still has the entries from before the mark.
    async *query(input) {
      const before = stale.length;
      if (before === 0) for await (const item of table.query(input)) stale.push(item);
      yield* before === 0 ? [] : stale;
    },
  };
  const lateMatches = createDynamoMatchStore(late);
  while (stale.length === 0) await lateMatches.pendingAlerts({ limit: 10 });
  t.is((await lateMatches.pendingAlerts({ limit: 10 }))[0]?.id, owed?.id);
  await matches.markSent([owed?.id ?? '']);
  t.deepEqual(await lateMatches.pendingAlerts({ limit: 10 }), []);
});

test('an alert too large even without strings is refused, and the error names the rule', async (t) => {
  const matches = createDynamoMatchStore(await makeTable(t, matchesTable));
  const meta = [{ identifier: 'description', value: randomBytes(400_000).toString('hex') }];
  await t.throwsAsync(matches.record([candidateOf({ meta })]), { code: 'ERR_CONFIG', message: /a\.yar:R/ });
});
