import { spawnSync } from 'node:child_process';
import test from 'ava';
import * as bombs from '../testing/specimens/bombs.ts';
import { openSpecimen } from '../testing/specimens/open-specimen.ts';

/** Opens a bomb in a process of its own, and prints the largest memory of that process in MiB. */
const script = (expression: string) => `
  import * as bombs from './src/testing/specimens/bombs.ts';
  import { quineGzip } from './src/testing/specimens/quine.ts';
  import { openSpecimen } from './src/testing/specimens/open-specimen.ts';
  const limits = { maxBytes: 64 << 20, maxMemberBytes: 16 << 20, maxMembers: 1000 };
  for (const bomb of [${expression}].flat()) await openSpecimen(bomb, limits);
  console.log(Math.round(process.resourceUsage().maxRSS / 1024));
`;

function memoryOf(expression: string): number {
  const args = [
    '--disable-warning=ExperimentalWarning',
    '--input-type=module-typescript',
    '--eval',
    script(expression),
  ];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}

/** Members of 16 MiB in a few copies, instances of 7-Zip, and what is collected late. */
const maxMoreMebibytes = 400;

/** What the process allocates to write a bomb. */
const writtenMebibytes: Readonly<Record<string, number>> = { 'lying sizes': 300, 'many folders': 180 };

test('no bomb takes more memory than the limits and a margin', (t) => {
  const idle = memoryOf(`Buffer.from('none')`);
  const kinds = {
    nested: 'bombs.nestedZip(6, 8)',
    overlapping: 'bombs.overlappingZip(1000, 32 << 20)',
    'many empty members': 'bombs.emptyMembersZip(60_000)',
    'lying sizes': '[1, 0xffff_ffff].map((size) => bombs.lyingZip(256 << 20, size))',
    'long gzip': 'bombs.longGzip(1000)',
    'repeating zstd': 'bombs.repeatingZstd(16_000)',
    'wrong tars and cpios': '[bombs.wrongTars(), bombs.wrongCpios()].flat()',
    'huge dictionary': 'bombs.hugeDictionary()',
    'gzip that holds itself': 'quineGzip()',
    'many folders': 'bombs.foldersTar(120_000)',
    'damaged streams': 'bombs.damagedPdf(100_000)',
    'damaged members': 'bombs.damagedZip(60_000)',
  };
  for (const [kind, expression] of Object.entries(kinds)) {
    const more = memoryOf(expression) - idle;
    t.log(`${kind}: ${more} MiB more than ${idle}`);
    t.true(more < maxMoreMebibytes + (writtenMebibytes[kind] ?? 0), `${kind}: ${more} MiB`);
  }
});

test('folders without end are recorded', async (t) => {
  const { members, missed } = await openSpecimen(bombs.foldersTar(100_001));
  t.deepEqual(members, []);
  t.deepEqual(missed, [': members']);
});
