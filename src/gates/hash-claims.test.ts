import test from 'ava';
import type { RuleEntry } from '../domain/rulesets/rule.ts';
import { createHashClaims } from './hash-claims.ts';

const md5 = 'a'.repeat(32);
const sha1 = 'b'.repeat(40);
const sha256 = 'c'.repeat(64);
const rule = (name: string, hashes: readonly string[], more: Partial<RuleEntry> = {}): RuleEntry => ({
  ...{ namespace: 'a.yar', name, logicHash: name, tags: [], private: false, global: false, dependencies: [] },
  meta: hashes.map((value) => ({ identifier: 'hash', value })),
  ...more,
});
const statesOf = (claims: ReturnType<typeof createHashClaims>) =>
  claims.states().map(({ rule, hash, state }) => `${rule} ${hash[0]} ${state}`);

test('a hash is unchecked until its file is scanned; then its rule matched or missed it', (t) => {
  const claims = createHashClaims([rule('A', [md5, sha256]), rule('B', [md5]), rule('C', [sha1])]);
  t.deepEqual(statesOf(claims), [
    'a.yar:A a unchecked',
    'a.yar:A c unchecked',
    'a.yar:B a unchecked',
    'a.yar:C b unchecked',
  ]);
  claims.seen({ md5, sha256: 'd'.repeat(64) }, new Set(['a.yar:A', 'a.yar:C']));
  t.deepEqual(statesOf(claims), [
    'a.yar:A a matched',
    'a.yar:A c unchecked',
    'a.yar:B a missed',
    'a.yar:C b unchecked',
  ]);
  claims.seen({ sha1 }, new Set());
  t.deepEqual(statesOf(claims).at(-1), 'a.yar:C b missed');
});

test('one match is enough, before or after a miss', (t) => {
  const claims = createHashClaims([rule('A', [md5, sha1])]);
  claims.seen({ md5 }, new Set());
  claims.seen({ md5, sha1 }, new Set(['a.yar:A']));
  claims.seen({ sha1 }, new Set());
  t.deepEqual(statesOf(claims), ['a.yar:A a matched', 'a.yar:A b matched']);
});

test('the algorithms to compute, and for which files, depend on the hashes that rules name', (t) => {
  const claims = createHashClaims([rule('A', [md5]), rule('B', [sha256], { namespace: 'b.yar' }), rule('C', [])]);
  t.deepEqual([...claims.algorithms], ['md5', 'sha256']);
  t.deepEqual([...claims.namespaces], ['a.yar', 'b.yar']);
  t.true(claims.isNamed({ sha256 }));
  t.false(claims.isNamed({ sha1, sha256: undefined }));
});

test('hashes of a private rule stay unchecked', (t) => {
  const claims = createHashClaims([rule('P', [md5], { private: true })]);
  claims.seen({ md5 }, new Set());
  t.deepEqual(statesOf(claims), ['a.yar:P a unchecked']);
  t.is(claims.algorithms.size, 0);
});
