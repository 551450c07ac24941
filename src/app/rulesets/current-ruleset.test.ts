import test from 'ava';
import { maxEarlierRulesets } from '../../domain/rulesets/ruleset.ts';
import { followedBy, history, inForceOrTakenBack, parseCurrent } from './current-ruleset.ts';

const publishedAt = '2026-01-01T00:00:00.000Z';
const of = (commit: string | null) => ({ fileSha256: null, commit, firstCommit: commit });

test('a pointer of an earlier version is read, and tells of the ruleset before', (t) => {
  const first = { rulesetId: 'a', sequence: 1, publishedAt, previousId: null };
  t.deepEqual(parseCurrent(JSON.stringify(first)), {
    ...first,
    ...{ fileSha256: null, commit: null, firstCommit: null, returnsTo: null, earlier: [] },
  });
  const second = parseCurrent(JSON.stringify({ rulesetId: 'b', sequence: 2, publishedAt, previousId: 'a' }));
  t.deepEqual(second.earlier, [{ rulesetId: 'a', sequence: 1, publishedAt: null, ...of(null) }]);
  t.deepEqual(
    history(followedBy(second, { rulesetId: 'c', publishedAt, ...of(null) })).map(({ sequence }) => sequence),
    [3, 2, 1],
  );
});

test('what is written is read as it was, and keeps the last rulesets, newest first', (t) => {
  let current = followedBy(null, { rulesetId: '1', publishedAt, ...of('1'.padStart(40, '0')) });
  t.like(current, { sequence: 1, previousId: null, earlier: [] });
  for (let at = 2; at <= 30; at += 1) {
    current = followedBy(current, { rulesetId: String(at), publishedAt, ...of(String(at).padStart(40, '0')) });
    t.deepEqual(parseCurrent(JSON.stringify(current)), current);
  }
  t.is(current.previousId, '29');
  t.deepEqual(
    current.earlier.map(({ rulesetId, sequence, commit }) => [rulesetId, sequence, Number(commit)]),
    Array.from({ length: maxEarlierRulesets }, (_, index) => [String(29 - index), 29 - index, 29 - index]),
  );
});

test('a pointer with what is no commit is refused', (t) => {
  const pointer = { rulesetId: 'a', sequence: 1, publishedAt, previousId: null, commit: '--upload-pack=x' };
  t.throws(() => parseCurrent(JSON.stringify(pointer)));
});

test('after a return what was taken back is told, and that alone', (t) => {
  const numbers = (current: Parameters<typeof inForceOrTakenBack>[0]) =>
    inForceOrTakenBack(current).map(({ sequence }) => sequence);
  const publish = (before: Parameters<typeof followedBy>[0], returnsTo?: number) =>
    followedBy(before, { rulesetId: 'a', publishedAt, ...of(null), ...(returnsTo === undefined ? {} : { returnsTo }) });
  const third = publish(publish(publish(null)));
  t.deepEqual(numbers(third), [3]);
  const second = publish(third, 2);
  t.deepEqual(numbers(second), [4, 3]);
  t.deepEqual(numbers(publish(second, 1)), [5, 4, 3, 2]);
  t.deepEqual(numbers(publish(second)), [5], 'what is published later has been told of all that');
});
