import { globSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const root = new URL('../../', import.meta.url);
const pages = globSync(['*.md', 'docs/**/*.md', 'rules/*.md'], { cwd: fileURLToPath(root) });

/** The anchors of headings on GitHub: lower case, without punctuation, spaces as `-`. */
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

test('every page is checked, including nested ones', (t) => {
  t.true(pages.includes('docs/reference/commands.md'));
  t.true(pages.length > 30, String(pages.length));
});

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
