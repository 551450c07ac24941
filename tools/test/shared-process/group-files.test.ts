import test from 'ava';
import fc from 'fast-check';
import { groupFiles } from './group-files.ts';

test('the files of a folder belong together, with those of small folders below it', (t) => {
  const paths = ['a/x.test.ts', 'a/b/y.test.ts', 'a/c/1.test.ts', 'a/c/2.test.ts', 'a/c/d/3.test.ts', 'z/1.test.ts'];
  t.deepEqual(groupFiles(paths, 3), [
    { folder: 'a', files: ['a/b/y.test.ts', 'a/x.test.ts'] },
    { folder: 'a/c', files: ['a/c/1.test.ts', 'a/c/2.test.ts', 'a/c/d/3.test.ts'] },
    { folder: 'z', files: ['z/1.test.ts'] },
  ]);
});

test('each file is in one group, each folder has one group at most, and only a large folder exceeds the maximum', (t) => {
  const name = fc.constantFrom('a', 'b', 'c', 'd');
  const path = fc
    .tuple(fc.array(name, { minLength: 1, maxLength: 4 }), fc.nat(9))
    .map(([folders, number]) => `${folders.join('/')}/${number}.test.ts`);
  fc.assert(
    fc.property(fc.uniqueArray(path), fc.integer({ min: 1, max: 9 }), (paths, mostFiles) => {
      const groups = groupFiles(paths, mostFiles);
      t.deepEqual(groups.flatMap(({ files }) => files).toSorted(), paths.toSorted());
      t.is(new Set(groups.map(({ folder }) => folder)).size, groups.length);
      for (const { folder, files } of groups) {
        t.true(files.length > 0 && files.every((file) => file.startsWith(`${folder}/`)));
        t.true(files.length <= mostFiles || files.every((file) => !file.slice(folder.length + 1).includes('/')));
      }
    }),
  );
});
