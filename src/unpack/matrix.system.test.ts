import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { eicarForms } from '../domain/eicar.ts';
import { makeArchive, otherMember } from '../testing/specimens/make-archive.ts';
import { openSpecimen } from '../testing/specimens/open-specimen.ts';
import { type Recipe, recipes } from '../testing/specimens/recipes.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { testUnless } from '../testing/test-unless.ts';

const [eicar] = eicarForms();
const eicarText = Buffer.from(eicar?.bytes ?? []).toString('latin1');

for (const recipe of recipes) {
  const { format, tools, isSingle = false, layers = [] } = recipe;
  const absent = ['7zz', ...tools].filter((tool) => spawnSync('which', [tool]).status !== 0);
  const missing = absent.length === 0 ? null : `not installed: ${absent.join(', ')}`;
  testUnless(
    missing,
    `${format}: the payload is found at depths 1 to 3, and 7-Zip lists the same members`,
    async (t) => {
      let file = 'eicar.com';
      let content: Uint8Array = eicar?.bytes ?? new Uint8Array(0);
      for (let depth = 1; depth <= 3; depth += 1) {
        const { archive, listed } = make(t, recipe, { depth, file, content });
        const { members, missed } = await openSpecimen(archive, {
          name: `level${depth}.bin`,
          maxDepth: 20,
          maxRatio: 10_000,
        });
        t.deepEqual(missed, [], `depth ${depth}`);
        const found = members.find(([, each]) => each === eicarText)?.[0].split(' > ') ?? [];
        t.is(found.length, depth * (1 + layers.length), `depth ${depth}: ${found.join(' > ')}`);
        for (const [index, layer] of layers.entries()) t.regex(found[index] ?? '', layer);
        if (!isSingle && layers.length === 0) t.true(members.some(([, each]) => each === otherMember));
        const own = members.map(([place]) => place).filter((place) => !place.includes(' > '));
        t.deepEqual([...new Set(own)].sort(), listed, `depth ${depth}`);
        content = archive;
        file = `level${depth}.bin`;
      }
    },
  );
}

/** Makes an archive, and lists the members that 7-Zip finds in it. */
function make(
  t: Parameters<typeof tempFolder>[0],
  recipe: Recipe,
  { depth, file, content }: { readonly depth: number; readonly file: string; readonly content: Uint8Array },
): { readonly archive: Buffer; readonly listed: readonly string[] } {
  const { isSingle = false, type, extension, password = 'infected' } = recipe;
  const out = makeArchive(tempFolder(t), recipe, { depth, file, content });
  const options = [...(type === undefined ? [] : [`-t${type}`]), `-p${password}`];
  const list = execFileSync('7zz', ['l', '-slt', '-sns', ...options, out], { encoding: 'utf8' });
  const [, members = ''] = list.split('\n----------\n');
  const names = members.split('\n\n').flatMap((member) => {
    const [, name] = /^Path = (.*)$/m.exec(member) ?? [];
    const isFolder = /^(?:Folder = \+|Attributes = D|Mode = d)/m.test(member);
    return name === undefined || isFolder ? [] : [name];
  });
  // 7-Zip lists no name for what has none.
  if (names.length === 0 && (isSingle || extension !== undefined)) names.push(`level${depth}${extension ?? ''}`);
  // Some formats do not mark folders.
  const files = names.filter((name) => !names.some((other) => other.startsWith(`${name}/`)));
  return { archive: readFileSync(out), listed: [...new Set(files)].sort() };
}
