import test from 'ava';
import { maxEarlierRulesets } from '../../domain/rulesets/ruleset.ts';
import { activeOrRolledBack, followedBy, history, parseCurrent } from './current-ruleset.ts';

const publishedAt = '2026-01-01T00:00:00.000Z';
const of = (commit: string | null) => ({ fileSha256: '0'.repeat(64), commit, firstCommit: commit });

test('the pointer is read as it was written, and keeps the last rulesets, newest first', (t) => {
  let current = followedBy(null, { rulesetId: '1', publishedAt, ...of('1'.padStart(40, '0')) });
  t.like(current, { sequence: 1, earlier: [] });
  for (let at = 2; at <= 30; at += 1) {
    current = followedBy(current, { rulesetId: String(at), publishedAt, ...of(String(at).padStart(40, '0')) });
    t.deepEqual(parseCurrent(JSON.stringify(current)), current);
  }
  t.deepEqual(
    history(current)
      .map(({ rulesetId }) => rulesetId)
      .slice(0, 3),
    ['30', '29', '28'],
  );
  t.deepEqual(
    current.earlier.map(({ rulesetId, sequence, commit }) => [rulesetId, sequence, Number(commit)]),
    Array.from({ length: maxEarlierRulesets }, (_, index) => [String(29 - index), 29 - index, 29 - index]),
  );
});

test('a pointer with an invalid commit is refused', (t) => {
  const pointer = followedBy(null, { rulesetId: 'a', publishedAt, ...of(null) });
  t.deepEqual(parseCurrent(JSON.stringify(pointer)), pointer);
  t.throws(() => parseCurrent(JSON.stringify({ ...pointer, commit: '--upload-pack=x' })), { code: 'ERR_STATE' });
});

test('after a rollback only the replaced rulesets are listed', (t) => {
  const numbers = (current: Parameters<typeof activeOrRolledBack>[0]) =>
    activeOrRolledBack(current).map(({ sequence }) => sequence);
  const publish = (before: Parameters<typeof followedBy>[0], returnsTo?: number) =>
    followedBy(before, { rulesetId: 'a', publishedAt, ...of(null), ...(returnsTo === undefined ? {} : { returnsTo }) });
  const third = publish(publish(publish(null)));
  t.deepEqual(numbers(third), [3]);
  const second = publish(third, 2);
  t.deepEqual(numbers(second), [4, 3]);
  t.deepEqual(numbers(publish(second, 1)), [5, 4, 3, 2]);
  t.deepEqual(numbers(publish(second)), [5], 'a later publish lists nothing of that');
});
