import { randomBytes } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { defaultUnpackLimits } from '../../domain/inside/limits.ts';
import { encodePath } from '../../domain/objects/path-key.ts';
import { externalsOf } from '../../domain/rulesets/externals.ts';
import { fileVersion } from '../../files/file-version.ts';
import { zipOf } from '../../testing/specimens/zip-of.ts';
import { type PlacedFile, type ScanReport, smallFileBytes } from '../types.ts';
import { createScanPool } from './scan-pool.ts';

const source = String.raw`
import "console"
rule Text { strings: $a = "needle" condition: $a }
rule Named { condition: filename == "b.txt" and extension == ".txt" }
rule Prints { strings: $a = "print" condition: $a and console.log("seen ", filename) }
rule Many { strings: $a = "x" condition: #a > 2000000 }
// Divides the least integer by -1, which traps in the engine.
rule Trap { condition: filename == "trap" and (0 - 9223372036854775807 - 1) \ (filesize - 5) == 1 }
rule Endless { condition: filename == "endless" and for all i in (0 .. 100000000000) : ( i >= 0 ) }
`;
const ruleset = { id: 'placed', sources: [{ namespace: 'a.yar', source }] };
const unpack = defaultUnpackLimits;
const onLinux = process.platform === 'linux' ? test : test.skip;

const contents: Readonly<Record<string, string | Uint8Array>> = {
  'a.txt': 'a needle',
  'b.txt': 'print',
  empty: '',
  'c.zip': zipOf({ 'b.txt': 'a needle', 'd.bin': 'nothing', 'e.zip': zipOf({ x: 'print' }, 8) }, 8),
  'damaged.zip': zipOf({ 'b.txt': 'a needle'.repeat(100) }, 8).slice(0, 60),
  flood: 'x'.repeat(900_000),
  large: `${' '.repeat(smallFileBytes)} a needle, print`,
  'large.zip': zipOf({ 'b.txt': ' a needle, print', padding: randomBytes(2 * smallFileBytes) }, 8),
  'large flood': 'x'.repeat(2_100_000),
};

async function place(t: ExecutionContext, files: typeof contents): Promise<readonly PlacedFile[]> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'rearview-placed-')));
  t.teardown(() => rm(dir, { recursive: true }));
  const placed: PlacedFile[] = [];
  for (const [name, content] of Object.entries(files)) {
    const path = join(dir, name);
    await writeFile(path, content);
    const version = fileVersion(lstatSync(path, { bigint: true }));
    placed.push({ key: encodePath(Buffer.from(path)), version, size: content.length, index: true });
  }
  return placed;
}

function withoutTime(report: Partial<ScanReport> | null | undefined) {
  if (report?.status !== 'scanned') return report;
  const { engineMs: _, ...rest } = report;
  return rest;
}

onLinux(
  'a file that a worker reads has the report of one that it is sent, but for the MD5 where no rule matched',
  async (t) => {
    const pool = createScanPool({ workers: 1 });
    t.teardown(() => pool.close());
    const files = await place(t, contents);
    const reports = await pool.scanFiles({ ruleset, files, unpack });
    for (const [index, content] of Object.values(contents).entries()) {
      const externals = { ...externalsOf(files[index]?.key ?? ''), variables: {} };
      const single = await pool.scan({
        ...{ ruleset, bytes: new Uint8Array(Buffer.from(content)), externals, unpack },
        index: true,
      });
      if (single.status !== 'scanned') return t.fail();
      const { md5, ...rest } = single;
      const expected = single.matches.length === 0 ? rest : { md5, ...rest };
      t.deepEqual(withoutTime(reports[index]), withoutTime(expected), files[index]?.key);
    }
    t.true(reports.some((report) => report?.printed !== undefined));
  },
);

onLinux(
  'a file that changed or fails the engine has no report, and the others of the worker that go before do',
  async (t) => {
    const pool = createScanPool({ workers: 1 });
    t.teardown(() => pool.close());
    const large = new Uint8Array(smallFileBytes + 1);
    const old = { two: 'x', 'large two': large };
    const files = await place(t, { one: 'needle', large, limit: large.subarray(1), ...old, trap: 'four', last: 'x' });
    const changed = files.map((file) => (file.key.endsWith('two') ? { ...file, version: '1' } : file));
    const reports = await pool.scanFiles({ ruleset, files: changed, unpack });
    t.deepEqual(
      reports.map((report) => report?.matches.map(({ rule }) => rule) ?? null),
      [['Text'], [], [], null, null, null, null],
    );
    const [again] = await pool.scanFiles({ ruleset, files: files.slice(-1), unpack });
    t.is(again?.status, 'scanned', 'a new worker has taken over');
  },
);

onLinux('a file without an end costs its own report and those of its neighbours, and the pool goes on', async (t) => {
  const pool = createScanPool({ workers: 1, deadlineMs: 500 });
  t.teardown(() => pool.close());
  await pool.warm(ruleset);
  const files = await place(t, { one: 'needle', endless: 'x', two: 'x' });
  t.deepEqual(await pool.scanFiles({ ruleset, files, unpack }), [null, null, null]);
  const reports = await pool.scanFiles({ ruleset, files: files.filter(({ key }) => !key.endsWith('endless')), unpack });
  t.deepEqual(
    reports.map((report) => report?.status),
    ['scanned', 'scanned'],
  );
});
