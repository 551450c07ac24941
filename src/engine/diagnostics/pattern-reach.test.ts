import test from 'ava';
import { checkSources } from '../../testing/rules/check-sources.ts';

const found = (pattern: string) =>
  checkSources([{ namespace: 'a.yar', source: `rule r {\n strings:\n  $a = ${pattern}\n condition: $a }` }])
    .warnings.filter(({ code }) => code === 'engine/pattern-length')
    .map(({ message, line, column }) => `${line}:${column} ${/never|misses/.exec(message)?.[0]}`);

test('a pattern that needs more than the engine reads of a match is reported', (t) => {
  for (const pattern of [
    '/Key:.{5000}half/',
    '/Key:[^y]{4500}half/',
    '/Key:[^x]{9000}/ nocase',
    '/[^y]{4200}Key:/',
    '/Key:(.{100}){50}half/s',
    '/Key:.{5000}half/s nocase',
    '/Key:.{5000}half/s wide',
    '/Key:([a-f]{4500}|\\d{4500})\\/half/',
    '/Key:[^y]{5000,}half/',
    '{ 4b 65 ( 79 [5000] 79 | 7a [5000] 79 ) 61 62 }',
    `{ 4b 65 79 ${'~71 '.repeat(5000)} 79 61 62 }`,
  ]) {
    t.deepEqual(found(pattern), ['3:3 never'], pattern.slice(0, 60));
  }
});

test('a pattern that allows more than the engine reads of a match is reported', (t) => {
  for (const pattern of [
    '/Key:[^y]{0,5000}half/',
    '/Key:.{1,4500}?half/ private',
    '/Key:(none|.{1,4500}half)/',
    '{ 4b 65 ( 79 [5000] 79 | 7a ) 61 62 }',
  ]) {
    t.deepEqual(found(pattern), ['3:3 misses'], pattern.slice(0, 60));
  }
});

test('a long pattern that the engine finds is not reported', (t) => {
  for (const pattern of [
    '/Key:.{5000}half/s',
    '/Key:[\\x00-\\xff]{5000}half/',
    '/[^y]{4000}Key:[^y]{4000}/',
    '/k[^q]{3000}halfway[^q]{3000}r/',
    '/Key:[^y]{1,5000}/',
    '/Key:[^y]{100,}half/',
    '/Key:.*half/',
    '/Key:[^\\]]{1,300}half\\/{0,30}/ fullword',
    '{ 4b 65 79 3a [9000] 68 61 6c 66 }',
    '{ 4b 65 79 3a [-] 68 61 6c 66 }',
    `/${'abcdefghij'.repeat(800)}/`,
    `"${'abcdefghij'.repeat(800)}" nocase`,
  ]) {
    t.deepEqual(found(pattern), [], pattern.slice(0, 60));
  }
});
