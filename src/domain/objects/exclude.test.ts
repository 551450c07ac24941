import test from 'ava';
import fc from 'fast-check';
import { excludeProblem, isExcluded } from './exclude.ts';

const leftOut = (pattern: string, ...paths: readonly string[]) => paths.filter((path) => isExcluded([pattern], path));

test('a pattern without a slash is compared with every name in a path', (t) => {
  const paths = ['a.log', 'x/b.log', 'x/c.LOG', 'c.log.txt', 'old.log/d.txt', '.log', 'x/.hidden'];
  t.deepEqual(leftOut('*.log', ...paths), ['a.log', 'x/b.log', 'old.log/d.txt', '.log']);
  t.deepEqual(leftOut('.*', ...paths), ['.log', 'x/.hidden']);
  t.deepEqual(leftOut('?.log', ...paths), ['a.log', 'x/b.log']);
  t.deepEqual(leftOut('x', ...paths), ['x/b.log', 'x/c.LOG', 'x/.hidden']);
});

test('a pattern with a slash is compared with the path from its start', (t) => {
  const paths = ['cache/a', 'x/cache/a', 'x/y/cache/b', 'cachet/a', 'cache'];
  t.deepEqual(leftOut('/cache', ...paths), ['cache/a', 'cache']);
  t.deepEqual(leftOut('x/cache', ...paths), ['x/cache/a']);
  t.deepEqual(leftOut('**/cache/b', ...paths), ['x/y/cache/b']);
  t.deepEqual(leftOut('x/**/?', ...paths), ['x/cache/a', 'x/y/cache/b']);
  t.deepEqual(leftOut('*/a', ...paths), ['cache/a', 'cachet/a']);
  t.deepEqual(leftOut('cache/', ...paths), ['cache/a', 'x/cache/a', 'x/y/cache/b'], 'folders only, at any depth');
  t.deepEqual(leftOut('**', ...paths), paths);
});

test('no other character is special', (t) => {
  for (const name of ['[a]', '{a,b}', '!a', '\\', '(a|b)', 'a\nb', '#']) {
    t.true(isExcluded([name], name), name);
    t.false(isExcluded([name], 'a'), name);
  }
  t.false(isExcluded([], 'a') || isExcluded(undefined, 'a') || isExcluded(['*'], ''));
});

test('a folder that is left out leaves out everything below it', (t) => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '.'), minLength: 1, maxLength: 3 });
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
  const pattern = fc
    .array(fc.oneof(name, fc.constantFrom('*', '**', '?', 'a*')), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.join('/'));
  fc.assert(
    fc.property(pattern, path, name, (given, folder, below) => {
      if (isExcluded([given], folder)) t.true(isExcluded([given], `${folder}/${below}`));
      t.true(isExcluded([`/${folder}`], folder));
    }),
    { numRuns: 2000 },
  );
});

test('a pattern that names nothing or leaves its root is refused', (t) => {
  for (const pattern of ['', '/', '//', '../a', './a', 'a/..', 'x'.repeat(1001)])
    t.not(excludeProblem(pattern), null, pattern);
  for (const pattern of ['*', 'a', '/a/', '..a', 'a.', '**/x?']) t.is(excludeProblem(pattern), null, pattern);
});

test('a pattern with many stars is matched in bounded time', (t) => {
  t.false(isExcluded([`${'**/*a/'.repeat(50)}c`, `${'*a'.repeat(300)}c`], 'aaa/'.repeat(200)));
});
