import type { ExecutionContext, TestFn } from 'ava';
import { type Alert, alertSchema } from '../domain/alerts/alert.ts';
import type { MatchCandidate, MatchFilter, MatchStore, StoredMatch } from './match-store.ts';

interface Found {
  readonly rule?: string;
  readonly logic?: string;
  readonly content?: string;
  readonly key?: string;
  readonly bucket?: string;
  readonly version?: string;
  readonly at?: string;
  readonly scan?: string;
  readonly isStaged?: boolean;
  /** Scanned bytes of a larger file. */
  readonly part?: number;
  /** Default: only the rule. */
  readonly same?: readonly string[];
}

/** A candidate; its alert id is derived from rule, content and key, as in the program. */
function found(fields: Found = {}): MatchCandidate {
  const { rule = 'a.yar:R', logic = 'L1', content = 'c1', key = 'k1', bucket = 'corpus', version = '1' } = fields;
  const { at = '2026-01-01T00:00:00.000Z', scan = 's1', isStaged = false, same = [rule], part } = fields;
  const colon = rule.lastIndexOf(':');
  const alert: Omit<Alert, 'reason'> = {
    schema: alertSchema,
    id: [rule, content, bucket, key].join('|'),
    at,
    rule: {
      id: rule,
      namespace: rule.slice(0, colon),
      name: rule.slice(colon + 1),
      tags: ['t'],
      meta: [{ identifier: 'author', value: 'me' }],
      severity: 'high',
      logicHash: logic,
    },
    strings: [{ identifier: '$a', offset: 0, length: 1, data: 'x' }],
    file: {
      ...{ sha256: content, md5: 'm', size: 1, filepath: key, filename: key },
      ...(part === undefined ? {} : { size: 2 * part, scannedBytes: part }),
    },
    object: { bucket, key, version, arrivedAt: at },
    scan: { id: scan, kind: 'live' },
    ruleset: { id: 'rs' },
  };
  return { alert, isStaged, sameLogicRules: same };
}

/** Tests that every `MatchStore` passes. `makeAdapter` returns an empty one. */
export function matchStoreContract(
  test: TestFn,
  makeAdapter: (t: ExecutionContext) => Promise<MatchStore> | MatchStore,
): void {
  const reasons = (alerts: readonly Alert[]) => alerts.map(({ reason }) => reason);

  test('matches: a first match is owed as new_match, and stays owed until it is marked', async (t) => {
    const matches = await makeAdapter(t);
    const owed = await matches.record([found()]);
    t.deepEqual(owed, [{ ...found().alert, reason: 'new_match' }]);
    t.deepEqual(await matches.pendingAlerts({ limit: 10 }), owed);
    await matches.markSent(owed.map(({ id }) => id));
    await matches.markSent([...owed.map(({ id }) => id), 'unknown']);
    t.deepEqual(await matches.pendingAlerts({ limit: 10 }), []);
  });

  test('matches: an alert about a partly scanned file shows that, both owed and recorded', async (t) => {
    const matches = await makeAdapter(t);
    const alert = { ...found({ part: 5 }).alert, reason: 'new_match' };
    t.like(alert, { file: { size: 10, scannedBytes: 5 } });
    t.deepEqual(await matches.record([found({ part: 5 })]), [alert]);
    t.deepEqual(await matches.pendingAlerts({ limit: 10 }), [alert]);
    t.deepEqual((await matches.list({ filter: {}, limit: 10 })).matches[0]?.alert, alert);
  });

  test('matches: an empty result records nothing', async (t) => {
    const matches = await makeAdapter(t);
    t.deepEqual(await matches.record([]), []);
    t.deepEqual((await matches.list({ filter: {}, limit: 10 })).matches, []);
  });

  test('matches: repeating a record owes nothing, whether the alert was sent or not', async (t) => {
    const matches = await makeAdapter(t);
    const [alert] = await matches.record([found()]);
    t.deepEqual(await matches.record([found({ at: '2026-01-02T00:00:00.000Z', scan: 's2', version: '2' })]), []);
    t.is((await matches.pendingAlerts({ limit: 10 })).length, 1);
    await matches.markSent([alert?.id ?? '']);
    t.deepEqual(await matches.record([found()]), []);
    t.deepEqual(await matches.pendingAlerts({ limit: 10 }), []);
    const [match] = (await matches.list({ filter: {}, limit: 10 })).matches;
    t.like(match, { objects: 1, firstSeenAt: '2026-01-01T00:00:00.000Z' });
  });

  test('matches: exactly one of several racing workers gets the alert', async (t) => {
    const matches = await makeAdapter(t);
    const answers = await Promise.all(Array.from({ length: 10 }, () => matches.record([found()])));
    t.is(answers.flat().length, 1);
    t.is((await matches.pendingAlerts({ limit: 10 })).length, 1);
  });

  test('matches: the same content at another key or in another bucket is owed as new_object', async (t) => {
    const matches = await makeAdapter(t);
    await matches.record([found()]);
    t.deepEqual(reasons(await matches.record([found({ key: 'k2' })])), ['new_object']);
    t.deepEqual(reasons(await matches.record([found({ bucket: 'file' })])), ['new_object']);
    const [match] = (await matches.list({ filter: {}, limit: 10 })).matches;
    t.is(match?.objects, 3);
    t.deepEqual(match?.alert, { ...found().alert, reason: 'new_match' });
  });

  test('matches: another content at the same key is a separate match', async (t) => {
    const matches = await makeAdapter(t);
    await matches.record([found()]);
    t.deepEqual(reasons(await matches.record([found({ content: 'c2', version: '2' })])), ['new_match']);
  });

  test('matches: a rule with edited logic does not alert again for its earlier matches', async (t) => {
    const matches = await makeAdapter(t);
    await matches.record([found({ logic: 'L1' })]);
    t.deepEqual(await matches.record([found({ logic: 'L2' })]), []);
    t.deepEqual(reasons(await matches.record([found({ logic: 'L2', key: 'k2' })])), ['new_object']);
  });

  test('matches: a renamed or moved rule does not alert again, and keeps its earlier match', async (t) => {
    const matches = await makeAdapter(t);
    await matches.record([found({ rule: 'old.yar:R' })]);
    t.deepEqual(await matches.record([found({ rule: 'new folder/new.yar:R2' })]), []);
    t.deepEqual(reasons(await matches.record([found({ rule: 'new folder/new.yar:R2', key: 'k2' })])), ['new_object']);
    t.is((await matches.list({ filter: {}, limit: 10 })).matches.length, 1);
  });

  test('matches: a rule that is renamed several times and back still does not alert again', async (t) => {
    const matches = await makeAdapter(t);
    await matches.record([found({ rule: 'a:A' })]);
    for (const rule of ['b:B', 'c:C', 'a:A', 'b:B']) t.deepEqual(await matches.record([found({ rule })]), [], rule);
  });

  test('matches: a rule that was renamed and then edited is recognized', async (t) => {
    const matches = await makeAdapter(t);
    await matches.record([found({ rule: 'a:A', logic: 'L1' })]);
    t.deepEqual(await matches.record([found({ rule: 'b:B', logic: 'L1' })]), []);
    t.deepEqual(await matches.record([found({ rule: 'b:B', logic: 'L2' })]), []);
  });

  test('matches: a rule that was edited and then renamed is recognized, here and at other keys', async (t) => {
    const matches = await makeAdapter(t);
    await matches.record([found({ rule: 'a:A', logic: 'L1' }), found({ rule: 'a:A', logic: 'L1', key: 'k2' })]);
    t.deepEqual(await matches.record([found({ rule: 'a:A', logic: 'L2' })]), []);
    t.deepEqual(await matches.record([found({ rule: 'b:B', logic: 'L2' })]), []);
    t.deepEqual(await matches.record([found({ rule: 'b:B', logic: 'L2', key: 'k2' })]), []);
    t.is((await matches.list({ filter: {}, limit: 10 })).matches.length, 1);
  });

  test('matches: two rules that become one share the objects of both', async (t) => {
    const matches = await makeAdapter(t);
    await matches.record([found({ rule: 'a:A', logic: 'L1' })]);
    await matches.record([found({ rule: 'b:B', logic: 'L2', key: 'k2' })]);
    t.deepEqual(await matches.record([found({ rule: 'b:B', logic: 'L1' })]), [], 'a:A alerted for this object');
    t.deepEqual(await matches.record([found({ rule: 'b:B', logic: 'L1', key: 'k2' })]), []);
    t.deepEqual(reasons(await matches.record([found({ rule: 'b:B', logic: 'L1', key: 'k3' })])), ['new_object']);
    const { matches: all } = await matches.list({ filter: {}, limit: 10 });
    t.deepEqual(
      all.map(({ ruleId, objects }) => [ruleId, objects]),
      [['b:B', 3]],
    );
    const matchedObjects = await matches.matchedObjects({ sha256: 'c1', ruleId: 'b:B', limit: 10 });
    t.deepEqual(matchedObjects.map(({ object }) => object.key).sort(), ['k1', 'k2', 'k3']);
  });

  test('matches: a new rule that reuses the name of another alerts separately', async (t) => {
    const matches = await makeAdapter(t);
    await matches.record([found({ rule: 'a:A', logic: 'L1' })]);
    await matches.record([found({ rule: 'b:B', logic: 'L1' })]);
    t.deepEqual(reasons(await matches.record([found({ rule: 'a:A', logic: 'L9' })])), ['new_match']);
  });

  test('matches: an object that a hundred rules match owes a hundred alerts, once', async (t) => {
    const matches = await makeAdapter(t);
    const candidates = Array.from({ length: 100 }, (_, index) => found({ rule: `a:R${index}`, logic: `L${index}` }));
    t.is((await matches.record(candidates)).length, 100);
    t.deepEqual(await matches.record(candidates), []);
    const pending = await matches.pendingAlerts({ limit: 1000 });
    t.is(new Set(pending.map(({ id }) => id)).size, 100);
    await matches.markSent(pending.map(({ id }) => id));
    t.deepEqual(await matches.pendingAlerts({ limit: 10 }), []);
    t.is((await listAll(matches, {}, 7)).length, 100);
  });

  test('matches: workers racing with other objects of one content lose none', async (t) => {
    const matches = await makeAdapter(t);
    const keys = Array.from({ length: 20 }, (_, index) => `k${index}`);
    const owed = await Promise.all(keys.map((key) => matches.record([found({ key })])));
    t.deepEqual(reasons(owed.flat()).sort(), ['new_match', ...keys.slice(1).map(() => 'new_object')]);
    t.is((await matches.list({ filter: {}, limit: 10 })).matches[0]?.objects, 20);
  });

  test('matches: exactly one of the workers racing with another object of a known content gets the alert', async (t) => {
    const matches = await makeAdapter(t);
    await matches.record([found()]);
    const answers = await Promise.all(Array.from({ length: 10 }, () => matches.record([found({ key: 'k2' })])));
    t.deepEqual(reasons(answers.flat()), ['new_object']);
    t.is((await matches.list({ filter: {}, limit: 10 })).matches[0]?.objects, 2);
  });

  test('matches: all earlier logic of a rule is known, however many workers recorded it at once', async (t) => {
    const matches = await makeAdapter(t);
    await matches.record([found({ rule: 'a:A', logic: 'L' })]);
    const logics = ['L1', 'L2', 'L3', 'L4', 'L5', 'L6'];
    await Promise.all(logics.map((logic) => matches.record([found({ rule: 'a:A', logic })])));
    for (const logic of logics) t.deepEqual(await matches.record([found({ rule: `new:${logic}`, logic })]), [], logic);
  });

  test('matches: a copy of a rule that still exists is a separate rule', async (t) => {
    const matches = await makeAdapter(t);
    const same = ['a:A', 'b:B'];
    await matches.record([found({ rule: 'a:A' })]);
    t.deepEqual(reasons(await matches.record([found({ rule: 'a:A', same }), found({ rule: 'b:B', same })])), [
      'new_match',
    ]);
    t.is((await matches.list({ filter: {}, limit: 10 })).matches.length, 2);
  });

  test('matches: all rules that match one object are recorded, with equal logic or not', async (t) => {
    const matches = await makeAdapter(t);
    const same = ['a:A', 'b:B'];
    const candidates = [
      found({ rule: 'a:A', same }),
      found({ rule: 'b:B', same }),
      found({ rule: 'c:C', logic: 'L3' }),
    ];
    t.deepEqual(reasons(await matches.record([...candidates, found({ rule: 'c:C', logic: 'L3' })])), [
      'new_match',
      'new_match',
      'new_match',
    ]);
    t.deepEqual(await matches.record(candidates), []);
  });

  test('matches: a staged match is recorded and never owed', async (t) => {
    const matches = await makeAdapter(t);
    t.deepEqual(await matches.record([found({ isStaged: true })]), []);
    t.deepEqual(await matches.pendingAlerts({ limit: 10 }), []);
    const [match] = (await matches.list({ filter: {}, limit: 10 })).matches;
    t.true(match?.isStaged);
    const [matched] = await matches.matchedObjects({ sha256: 'c1', ruleId: 'a.yar:R', limit: 10 });
    t.is(matched?.alertState, 'silent');
  });

  test('matches: alerts are owed oldest first, up to the requested number', async (t) => {
    const matches = await makeAdapter(t);
    for (let index = 0; index < 5; index += 1) {
      await matches.record([found({ key: `k${index}`, at: `2026-01-0${index + 1}T00:00:00.000Z` })]);
    }
    const pending = await matches.pendingAlerts({ limit: 3 });
    t.deepEqual(
      pending.map(({ object }) => object.key),
      ['k0', 'k1', 'k2'],
    );
  });

  test('matches: the matched objects are listed oldest first, with the state of their alerts', async (t) => {
    const matches = await makeAdapter(t);
    const [alert] = await matches.record([found()]);
    await matches.record([found({ key: 'k2', at: '2026-01-02T00:00:00.000Z' })]);
    await matches.markSent([alert?.id ?? '']);
    const matchedObjects = await matches.matchedObjects({ sha256: 'c1', ruleId: 'a.yar:R', limit: 10 });
    t.deepEqual(
      matchedObjects.map(({ object, alertState }) => [object.key, alertState]),
      [
        ['k1', 'sent'],
        ['k2', 'pending'],
      ],
    );
    t.is(matchedObjects[0]?.alertId, found().alert.id);
    t.is((await matches.matchedObjects({ sha256: 'c1', ruleId: 'a.yar:R', limit: 1 })).length, 1);
    t.deepEqual(await matches.matchedObjects({ sha256: 'c1', ruleId: 'other', limit: 1 }), []);
  });

  test('matches: a matched object is found by its bucket and key', async (t) => {
    const matches = await makeAdapter(t);
    for (let index = 0; index < 12; index += 1) await matches.record([found({ key: `k${index}` })]);
    const match = { sha256: 'c1', ruleId: 'a.yar:R', limit: 5 };
    const { bucket } = found().alert.object;
    const matchedObjects = await matches.matchedObjects({ ...match, at: { bucket, key: 'k11' } });
    t.deepEqual(
      matchedObjects.map(({ object, alertState }) => [object.key, alertState]),
      [['k11', 'pending']],
    );
    t.deepEqual(await matches.matchedObjects({ ...match, at: { bucket, key: 'k12' } }), []);
    t.deepEqual(await matches.matchedObjects({ ...match, at: { bucket: 'other', key: 'k11' } }), []);
    t.deepEqual(await matches.matchedObjects({ ...match, ruleId: 'other', at: { bucket, key: 'k11' } }), []);
  });

  test('matches: the list is newest first, page by page, with each match once', async (t) => {
    const matches = await makeAdapter(t);
    for (let index = 0; index < 7; index += 1) {
      // Pairs share a time and everything else except the rule; a namespace may contain spaces.
      const rule = index % 2 === 0 ? 'my rules/a b.yar:R' : 'my rules/a c.yar:R';
      await matches.record([
        found({ rule, logic: rule, at: `2026-01-0${1 + (index >> 1)}T00:00:00.000Z`, content: `c${index >> 1}` }),
      ]);
    }
    for (const limit of [1, 2, 3, 100]) {
      const all = await listAll(matches, {}, limit);
      t.is(new Set(all.map(({ sha256, ruleId }) => `${sha256} ${ruleId}`)).size, 7);
      t.is(all.length, 7);
      const times = all.map(({ firstSeenAt }) => firstSeenAt);
      t.deepEqual(times, times.toSorted().toReversed());
    }
  });

  test('matches: a listing is filtered by rule, name, content, scan and time', async (t) => {
    const matches = await makeAdapter(t);
    await matches.record([found({ rule: 'a:A', logic: 'LA', scan: 's1', at: '2026-01-01T00:00:00.000Z' })]);
    await matches.record([
      found({ rule: 'b:B', logic: 'LB', scan: 's2', at: '2026-01-02T00:00:00.000Z', content: 'c2' }),
    ]);
    const ids = async (filter: MatchFilter) => (await listAll(matches, filter, 1)).map(({ ruleId }) => ruleId);
    t.deepEqual(await ids({ ruleId: 'a:A' }), ['a:A']);
    t.deepEqual(await ids({ ruleName: 'B' }), ['b:B']);
    t.deepEqual(await ids({ sha256: 'c2' }), ['b:B']);
    t.deepEqual(await ids({ scanId: 's1' }), ['a:A']);
    t.deepEqual(await ids({ since: '2026-01-02T00:00:00.000Z' }), ['b:B']);
    t.deepEqual(await ids({ since: '2026-01-02T00:00:00.000Z', ruleName: 'A' }), []);
  });

  test('matches: many objects of one content cost no more than many contents', async (t) => {
    const matches = await makeAdapter(t);
    for (let index = 0; index < 300; index += 1) await matches.record([found({ key: `k${index}` })]);
    const [match] = (await matches.list({ filter: {}, limit: 10 })).matches;
    t.is(match?.objects, 300);
  });
}

async function listAll(matches: MatchStore, filter: MatchFilter, limit: number): Promise<readonly StoredMatch[]> {
  const all: StoredMatch[] = [];
  for (let after: string | undefined; ; ) {
    const page = await matches.list({ filter, limit, ...(after === undefined ? {} : { after }) });
    all.push(...page.matches);
    if (page.next === null) return all;
    after = page.next;
  }
}
