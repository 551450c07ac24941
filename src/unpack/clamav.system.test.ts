import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { eicarForms } from '../domain/eicar.ts';
import { makeArchive, otherMember } from '../testing/specimens/make-archive.ts';
import { openSpecimen } from '../testing/specimens/open-specimen.ts';
import { readSpecimen } from '../testing/specimens/read-specimen.ts';
import { recipes } from '../testing/specimens/recipes.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { testUnless } from '../testing/test-unless.ts';

const [eicar] = eicarForms();
const payload = Buffer.from(eicar?.bytes ?? []);
const noClamav = missing(['clamscan']);

/** The recipes of which ClamAV opens every member. */
const opened = recipes.filter(({ format }) =>
  /^(?:zip|zip with (?:LZMA|bzip2|xz)|7z|7z with PPMd|gzip|bzip2|xz|tar, .+|cpio, .+|iso|udf|cab.*|arj|xar|lzh.*|mslz|nsis)$/.test(
    format,
  ),
);

for (const recipe of opened) {
  testUnless(missing(['clamscan', ...recipe.tools]), `${recipe.format}: ClamAV finds the same members`, async (t) => {
    const file = makeArchive(tempFolder(t), recipe, { depth: 1, file: 'eicar.com', content: payload });
    const { members } = await openSpecimen(readFileSync(file));
    const wanted = new Map([['payload', payload]]);
    if (!recipe.isSingle) wanted.set('other', Buffer.from(otherMember));
    for (const [name, content] of wanted) {
      const text = content.toString('latin1');
      t.true(
        members.some(([, each]) => each === text),
        name,
      );
    }
    t.deepEqual(foundByClamav(t, file, wanted), [...wanted.keys()]);
  });
}

/** Documents that ClamAV opens, with the places whose bytes it does not have as they are. */
const documents: Readonly<Record<string, readonly string[]>> = {
  'objects.pdf': ['object 7'],
  'aes-256.pdf': ['object 8'],
  'rc4-128.pdf': ['object 8'],
  'package.msi': ['FeatureComponents'],
};

for (const [name, ours] of Object.entries(documents)) {
  testUnless(noClamav, `${name}: ClamAV finds the same members`, async (t) => {
    const file = join(tempFolder(t), name);
    writeFileSync(file, readSpecimen(name));
    const { members } = await openSpecimen(readFileSync(file));
    const wanted = new Map(members.map(([place, content]) => [place, Buffer.from(content, 'latin1')]));
    const found = foundByClamav(t, file, wanted);
    t.deepEqual(
      [...wanted.keys()].filter((place) => !found.includes(place)),
      ours,
    );
  });
}

function missing(tools: readonly string[]): string | null {
  const absent = tools.filter((tool) => spawnSync('which', [tool]).status !== 0);
  return absent.length === 0 ? null : `not installed: ${absent.join(', ')}`;
}

/** The names of the contents that ClamAV finds in a file, by their SHA-256 and size. */
function foundByClamav(
  t: ExecutionContext,
  file: string,
  contents: ReadonlyMap<string, Uint8Array>,
): readonly string[] {
  const database = join(tempFolder(t), 'database');
  mkdirSync(database);
  const names = [...contents.keys()];
  const signatures = [...contents.values()].map(
    (content, index) => `${createHash('sha256').update(content).digest('hex')}:${content.length}:Content${index}\n`,
  );
  writeFileSync(join(database, 'contents.hsb'), signatures.join(''));
  const { stdout, stderr, status } = spawnSync(
    'clamscan',
    ['--database', database, '--allmatch', '--no-summary', file],
    { encoding: 'utf8' },
  );
  t.true(status === 0 || status === 1, stderr);
  const found = new Set([...stdout.matchAll(/Content(\d+)\.UNOFFICIAL FOUND/g)].map(([, index]) => Number(index)));
  return names.filter((_, index) => found.has(index));
}
