import { readdir, readFile } from 'node:fs/promises';
import test from 'ava';

const root = new URL('../../', import.meta.url);
const page = await readFile(new URL('docs/reference/lint.md', root), 'utf8');
const headings = [...page.matchAll(/^### (lint\/[a-z-]+)$/gm)].map(([, code]) => code ?? '');

/** Codes as they are written in the source, with and without `lint/`. */
async function codes(): Promise<readonly string[]> {
  const folder = new URL('src/rules/lint/', root);
  const names = (await readdir(folder, { recursive: true })).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  );
  const sources = await Promise.all(names.map((name) => readFile(new URL(name, folder), 'utf8')));
  const text = sources.join('\n');
  const written = [
    ...text.matchAll(/code: '([a-z-]+)'/g),
    ...text.matchAll(/\$\{houseCodes\}([a-z-]+)/g),
    ...text.matchAll(/\b(?:say|report)\(\s*'([a-z-]+)'/g),
    ...text.matchAll(/^\s+\['([a-z]+(?:-[a-z]+)*)', [a-z]\w*\(/gim),
    ...text.matchAll(/^\s+\[\n\s+'([a-z-]+)',/gm),
  ].map(([, code]) => `lint/${code}`);
  return [...new Set(written)].sort();
}

test('every code of lint has an entry on its page, once', async (t) => {
  const found = await codes();
  t.true(found.length > 20, found.join());
  for (const code of found) t.is(headings.filter((each) => each === code).length, 1, code);
});

test('every entry of the page is a code of lint', async (t) => {
  const found = new Set(await codes());
  const elsewhere = headings.filter((code) => !found.has(code) && !code.startsWith('lint/meta-'));
  t.deepEqual(elsewhere, []);
});
