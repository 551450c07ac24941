import test from 'ava';
import fc from 'fast-check';
import { collisions, isLfsPointer, pathProblem, selectFiles } from './select-files.ts';

const file = (path: string) => ({ path, kind: 'file' as const, size: 1 });
const none = { include: [], exclude: [] };

test('rule files and licences at the top are selected, hidden ones are not', (t) => {
  const paths = [
    'a.yar',
    'b/C.YARA',
    'b/c.txt',
    '.git.yar',
    '.x/d.yar',
    'LICENSE',
    'COPYING.txt',
    'b/LICENSE',
    'license.yar',
  ];
  const { rules, licences, refusals } = selectFiles({ files: none }, paths.map(file));
  t.deepEqual(
    rules.map(({ path }) => path),
    ['a.yar', 'b/C.YARA', 'license.yar'],
  );
  t.deepEqual(
    licences.map(({ path }) => path),
    ['LICENSE', 'COPYING.txt'],
  );
  t.deepEqual(refusals, []);
});

test('links and submodules are refused where their rules would be missing', (t) => {
  const refused = (files: { include: string[]; exclude: string[] }, kind: 'link' | 'submodule', path: string) =>
    selectFiles({ files }, [{ path, kind, size: 0 }]).refusals.length > 0;
  t.true(refused(none, 'link', 'a.yar'));
  t.false(refused(none, 'link', 'README'));
  t.true(refused({ include: ['yara/'], exclude: [] }, 'link', 'yara/more'));
  t.false(refused({ include: ['yara/'], exclude: [] }, 'link', 'other/a.yar'));
  t.false(refused({ include: [], exclude: ['a.yar'] }, 'link', 'a.yar'));
  t.true(refused(none, 'submodule', 'sub'));
  t.true(refused({ include: ['sub/yara/*.yar'], exclude: [] }, 'submodule', 'sub'));
  t.true(refused({ include: ['*.yar'], exclude: [] }, 'submodule', 'sub'));
  t.false(refused({ include: ['yara/'], exclude: [] }, 'submodule', 'sub'));
  t.false(refused({ include: [], exclude: ['sub/'] }, 'submodule', 'sub'));
});

test('a path without a problem stays below its folder, on every system', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', '.', '..', '/', '\\', ':', ' ', 'con', '\0', '\u202e', '\ufffd', 'é')),
      (parts) => {
        const path = parts.join('');
        if (pathProblem(path) !== null) return;
        t.false(path.split(/[/\\]/).some((part) => ['', '.', '..'].includes(part)));
        t.notRegex(path, /[\\:\0\u202e\ufffd]|[. ](\/|$)|^con$/);
      },
    ),
  );
  for (const good of ['a.yar', 'a/b c/Ä.yar', "it's (1)/x+y,z@%.yar", 'a..b/c.yar'])
    t.is(pathProblem(good), null, good);
  for (const bad of ['a/.git/x', 'GIT~1/x', 'a/CON.yar', 'com1', 'a./b', `${'x'.repeat(256)}.yar`])
    t.not(pathProblem(bad), null, bad);
});

test('names that one file system would merge are found, in any order', (t) => {
  t.deepEqual(collisions(['a/b.yar', 'a/c.yar', 'b/b.yar']), []);
  t.deepEqual(collisions(['a/b.yar', 'a/B.yar']), ['a/B.yar']);
  t.deepEqual(collisions(['a/b.yar', 'A/c.yar']), ['A/c.yar']);
  t.deepEqual(collisions(['\u00e9.yar', 'e\u0301.yar']), ['e\u0301.yar']);
  t.deepEqual(collisions(['a', 'a']), ['a']);
  t.deepEqual(collisions(['a', 'a/b']), ['a/b']);
  t.deepEqual(collisions(['a/b', 'a']), ['a']);
});

test('a pointer of Git LFS is known by its first line', (t) => {
  t.true(isLfsPointer(Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n')));
  t.false(isLfsPointer(Buffer.from('rule a { condition: true } // version https://git-lfs.github.com/spec/v1')));
});
