import test from 'ava';
import { concernedTests, namedFiles } from './import-graph.ts';

const project: Readonly<Record<string, string>> = {
  'src/a.ts': 'export const a = 1;\n',
  'src/b.ts': "import { a } from './a.ts';\nexport const b = a;\n",
  'src/b.test.ts': "import { b } from './b.ts';\n",
  'src/lazy.ts': "export const load = () => import('./a.ts');\n",
  'src/lazy.system.test.ts': "import { load } from './lazy.ts';\n",
  'src/worker.test.ts': "new Worker(new URL('./a.ts', import.meta.url));\n",
  'src/page.test.ts': "readFile(new URL('../docs/page.md', import.meta.url));\n",
  'src/other.test.ts': "import test from 'ava';\n",
  'docs/page.md': '# Page\n',
};
const concerned = (...changed: string[]) =>
  concernedTests(Object.keys(project), changed, (file) => project[file] ?? '');

test('a change affects the tests that import it, directly or through others, in any way', (t) => {
  t.deepEqual(concerned('src/a.ts'), ['src/b.test.ts', 'src/lazy.system.test.ts', 'src/worker.test.ts']);
  t.deepEqual(concerned('src/b.ts'), ['src/b.test.ts']);
});

test('a changed test concerns itself, and a deleted file those that still name it', (t) => {
  t.deepEqual(concerned('src/other.test.ts'), ['src/other.test.ts']);
  t.deepEqual(
    concernedTests(['src/b.test.ts'], ['src/b.ts'], (file) => project[file] ?? ''),
    ['src/b.test.ts'],
  );
});

test('a page concerns the tests whose text names it', (t) => {
  t.deepEqual(concerned('docs/page.md'), ['src/page.test.ts']);
  t.deepEqual(concerned('docs/none.md'), []);
});

test('imports of packages name no file', (t) => {
  t.deepEqual(namedFiles('src/x.ts', "import ava from 'ava';\nimport '../y/z.ts';\nexport * from \"./w.ts\";\n"), [
    'y/z.ts',
    'src/w.ts',
  ]);
});
