import test from 'ava';
import fc from 'fast-check';
import { fitsPath, fitsText, mayLieBelow } from './wildcard.ts';

/** The same function in its slow and simple form. */
function plainly(pattern: readonly string[], items: readonly string[], any: string): boolean {
  const [part, ...parts] = pattern;
  const [item, ...rest] = items;
  if (part === undefined) return item === undefined;
  if (part === any) return plainly(parts, items, any) || (item !== undefined && plainly(pattern, rest, any));
  if (item === undefined) return false;
  const fits = any === '*' ? part === item : plainly([...part], [...item], '*');
  return fits && plainly(parts, rest, any);
}

const letters = (...all: readonly string[]) => fc.string({ unit: fc.constantFrom(...all), maxLength: 8 });

test('a star matches any number of characters, including none', (t) => {
  fc.assert(
    fc.property(letters('a', 'b', '*'), letters('a', 'b'), (pattern, text) => {
      t.is(fitsText(pattern, text), plainly([...pattern], [...text], '*'));
    }),
    { numRuns: 2000 },
  );
});

test('two stars match any number of path parts, and one matches characters within a part', (t) => {
  const path = fc.array(letters('a', 'b', '.'), { maxLength: 5 });
  const pattern = fc.array(fc.oneof(letters('a', 'b', '*'), fc.constant('**')), { maxLength: 5 });
  fc.assert(
    fc.property(pattern, path, (parts, names) => {
      const given = parts.join('/').split('/');
      t.is(fitsPath(given.join('/'), names.join('/')), plainly(given, names.join('/').split('/'), '**'));
    }),
    { numRuns: 2000 },
  );
  t.true(fitsPath('/usr/**/x.so', '/usr/x.so'));
  t.true(fitsPath('/usr/**', '/usr/lib/a/b'));
  t.false(fitsPath('/usr/*', '/usr/lib/a'));
  t.false(fitsPath('/usr/**', '/usr2/lib'));
  t.true(fitsPath('s3://bucket/**/a*.bin', 's3://bucket/in/abc.bin'));
});

test('only the star is special', (t) => {
  for (const special of ['.', '?', '[a]', '{a,b}', '(', '\\', '+', '^', '$', '!a', '\n']) {
    t.true(fitsPath(`/x/${special}`, `/x/${special}`), special);
    t.false(fitsPath(`/x/${special}`, '/x/a'), special);
  }
});

test('many stars and a long text are matched in bounded time', (t) => {
  t.true(fitsText('a*'.repeat(200), 'a'.repeat(5000) + 'b'.repeat(100)));
  t.false(fitsText(`${'a*'.repeat(200)}c`, 'a'.repeat(5000)));
  t.false(fitsPath(`${'**/*a/'.repeat(50)}c`, 'aaa/'.repeat(500)));
});

test('a pattern may be below a root if a path below it can match', (t) => {
  for (const pattern of ['/usr', '/usr/lib/x', '/usr/*', '/*/lib', '/**', '**/x', '/u**/x'.replace('**', '*')]) {
    t.true(mayLieBelow(pattern, '/usr') && mayLieBelow(pattern, '/usr/'), pattern);
  }
  for (const pattern of ['/opt/x', '/usr2/x', 'C:/Windows/**', 's3://usr/x', '/'])
    t.false(mayLieBelow(pattern, '/usr'), pattern);
  t.true(mayLieBelow('s3://bucket/a/**', 's3://bucket'));
});
