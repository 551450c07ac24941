import { spawnSync } from 'node:child_process';
import test from 'ava';

/** Opens a bomb in a process of its own, and prints the largest memory of that process in MiB. */
const script = (expression: string) => `
  import * as bombs from './src/testing/specimens/bombs.ts';
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
  };
  for (const [kind, expression] of Object.entries(kinds)) {
    const more = memoryOf(expression) - idle;
    t.log(`${kind}: ${more} MiB more than ${idle}`);
    // What the test itself allocates to write the bomb is a part of it.
    t.true(more < maxMoreMebibytes + (kind === 'lying sizes' ? 300 : 0), `${kind}: ${more} MiB`);
  }
});
