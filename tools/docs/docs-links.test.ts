import { readdir, readFile } from 'node:fs/promises';
import test from 'ava';

const root = new URL('../../', import.meta.url);
const docs = (await readdir(new URL('docs/', root)))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`);
const pages = ['README.md', 'CONTRIBUTING.md', ...docs];

/** As GitHub names headings: lower case, without punctuation, spaces as `-`. */
function anchorsOf(markdown: string): ReadonlySet<string> {
  const headings = [...withoutCode(markdown).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '');
}

for (const page of pages) {
  test(`links within ${page} lead somewhere`, async (t) => {
    const here = new URL(page, root);
    const text = await readFile(here, 'utf8');
    for (const [, target = ''] of withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [path = '', anchor = ''] = target.split('#');
      const there = path === '' ? here : new URL(path, here);
      if (anchor === '') {
        await t.notThrowsAsync(
          readFile(there).catch(() => readdir(there)),
          target,
        );
        continue;
      }
      t.true(anchorsOf(await readFile(there, 'utf8')).has(anchor), target);
    }
    t.pass();
  });
}
