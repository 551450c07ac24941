import test from 'ava';
import fc from 'fast-check';
import { exceptionFor, type GoodwareException, isAbout, isExpired, namesRule } from './goodware-exceptions.ts';

const now = Date.parse('2026-11-25T12:00:00Z');
const sha256 = (character: string) => character.repeat(64);
const exception = (given: Partial<GoodwareException> = {}): GoodwareException => ({
  ...{ rule: 'a.yar:A', file: { path: '/usr/x' }, reason: 'known', expires: '2027-01-31', line: 1, ...given },
});

const word = fc.string({
  unit: fc.constantFrom('a', 'b', 'C', '.', '-', '[', '\\', '?', ':', '\n', '$'),
  minLength: 1,
  maxLength: 6,
});
const name = fc.string({ unit: fc.constantFrom('a', 'b', 'C', '_', '1'), minLength: 1, maxLength: 4 });
const rule = fc.tuple(word, name).map(([namespace, each]) => `${namespace}:${each}`);
const path = fc.array(word, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
const hash = fc.constantFrom('a', 'b', 'c').map(sha256);
const match = fc.record({ rule, path, sha256: hash });

test('an exception without a star covers only its rule on its file', (t) => {
  fc.assert(
    fc.property(
      match,
      match,
      fc.subarray(['rule', 'path', 'sha256'] as const),
      fc.boolean(),
      (written, other, shared, byPath) => {
        const met = { ...other, ...Object.fromEntries(shared.map((field) => [field, written[field]])) };
        const file = byPath ? { path: written.path } : { sha256: written.sha256 };
        const each = exception({ rule: written.rule, file });
        t.true(isAbout(each, written));
        const same = met.rule === written.rule && (byPath ? met.path === written.path : met.sha256 === written.sha256);
        t.is(isAbout(each, met), same);
      },
    ),
  );
});

test('a name without a namespace covers the rules of that name, wherever they are', (t) => {
  t.true(namesRule('A', 'x/a.yar:A'));
  t.false(namesRule('A', 'x/a.yar:AA'));
  t.false(namesRule('A', 'A:B'));
  t.false(namesRule('a.yar:A', 'x/a.yar:A'));
});

test('a star in the namespace does not match into the name, and a star in the name not into the namespace', (t) => {
  t.true(namesRule('web*:A', 'web/shell.yar:A'));
  t.false(namesRule('web*:A', 'web/a.yar:AA'));
  t.false(namesRule('web*A', 'web/a.yar:A'));
  t.true(namesRule('*:Web_*', 'a:b.yar:Web_x'));
  fc.assert(
    fc.property(rule, rule, (one, other) => {
      const colon = one.lastIndexOf(':');
      const sameName = other.slice(other.lastIndexOf(':')) === one.slice(colon);
      t.is(namesRule(`*${one.slice(colon)}`, other), sameName);
      const sameNamespace = other.slice(0, other.lastIndexOf(':')) === one.slice(0, colon);
      t.is(namesRule(`${one.slice(0, colon)}:*`, other), sameNamespace);
    }),
  );
});

test('an exception covers through its last day in UTC and no longer', (t) => {
  const each = { expires: '2026-11-25' };
  for (const [moment, expired] of [
    ['2026-11-24T23:59:59.999Z', false],
    ['2026-11-25T00:00:00.000Z', false],
    ['2026-11-25T23:59:59.999Z', false],
    ['2026-11-26T00:00:00.000Z', true],
    ['2027-11-25T00:00:00.000Z', true],
  ] as const) {
    t.is(isExpired(each, Date.parse(moment)), expired, moment);
  }
});

test('the first active exception covers; an expired one covers nothing', (t) => {
  const met = { rule: 'a.yar:A', path: '/usr/x', sha256: sha256('a') };
  const gone = exception({ expires: '2026-11-24' });
  const first = exception({ line: 2 });
  t.is(exceptionFor([gone], met, now), null);
  t.is(exceptionFor([gone, exception({ rule: 'B' }), first, exception({ line: 3 })], met, now), first);
});
