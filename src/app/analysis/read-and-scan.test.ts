import test from 'ava';
import type { Inside } from '../../domain/inside/inside.ts';
import { defaultUnpackLimits } from '../../domain/inside/limits.ts';
import type { ObjectContent } from '../../domain/objects/object.ts';
import type { Outcome } from '../../domain/scans/outcome.ts';
import { createScanPool } from '../../engine/pool/scan-pool.ts';
import type { ScanPool, ScanReport } from '../../engine/types.ts';
import { readAndScan } from './read-and-scan.ts';

const ruleset = { id: 'r', sources: [] };
const content = (): ObjectContent => ({
  ...{ bucket: 'b', key: '/x/a.exe', version: '1', size: 1, arrivedAt: '', metadata: {} },
  bytes: new Uint8Array(new ArrayBuffer(1)),
});

/** A pool that answers these reports, one after the other. */
function poolOf(...reports: readonly ScanReport[]): {
  readonly pool: Pick<ScanPool, 'scan'>;
  readonly left: () => number;
} {
  const rest = [...reports];
  const scan = async () => rest.shift() ?? Promise.reject(new Error('scanned too often'));
  return { pool: { scan }, left: () => rest.length };
}

const scanned: ScanReport = { status: 'scanned', sha256: 's', md5: 'm', size: 1, matches: [], engineMs: 1 };
const failed = (reason: 'engine_crash' | 'timeout'): ScanReport => ({ status: 'failed', reason, detail: '', size: 1 });

test('a scan that crashed is done once more, on bytes read again', async (t) => {
  let reads = 0;
  const { pool } = poolOf(failed('engine_crash'), scanned);
  const result = await readAndScan(
    pool,
    ruleset,
    async () => {
      reads += 1;
      return content();
    },
    { unpack: null },
  );
  t.like(result, { report: { status: 'scanned' }, externals: { filename: 'a.exe' } });
  t.is(reads, 2);
});

test('a scan whose member crashed the engine is done once more, and a worse second attempt does not count', async (t) => {
  const inside = (reasons: Inside['reasons']): ScanReport => ({
    ...scanned,
    inside: { scanned: 1, bytes: 1, formats: ['zip'], notScanned: [], reasons },
  });
  const crashed = inside({ engine_crash: 1 });
  const gone: Outcome = { status: 'skipped', reason: 'gone' };
  const attempt = async (reads: readonly (ObjectContent | Outcome)[], ...reports: readonly ScanReport[]) => {
    const left = [...reads];
    const read = async () => left.shift() ?? Promise.reject(new Error('read too often'));
    return readAndScan(poolOf(...reports).pool, ruleset, read, { unpack: defaultUnpackLimits });
  };
  const both = () => [content(), content()];
  t.like(await attempt(both(), crashed, inside({})), { report: inside({}) });
  t.like(await attempt(both(), crashed, crashed), { report: crashed });
  t.like(await attempt(both(), crashed, failed('timeout')), { report: crashed });
  t.like(await attempt([content(), gone], crashed), { report: crashed });
  t.like(await attempt([content()], inside({ damaged: 1 })), { report: { status: 'scanned' } });
});

test('the texts that rules print are kept from both attempts', async (t) => {
  const printed = (line: string, dropped = 0) => ({ printed: { lines: [line], dropped } });
  const { pool } = poolOf({ ...failed('engine_crash'), ...printed('first', 2) }, { ...scanned, ...printed('second') });
  const result = await readAndScan(pool, ruleset, async () => content(), { unpack: null });
  t.like(result, { report: { status: 'scanned', printed: { lines: ['first', 'second'], dropped: 2 } } });
  const once = poolOf({ ...failed('engine_crash'), ...printed('first') }, scanned);
  t.like(await readAndScan(once.pool, ruleset, async () => content(), { unpack: null }), { report: printed('first') });
});

test('a scan that crashed has released its bytes before they are read again', async (t) => {
  // Divides the least integer by -1 where six bytes are scanned, which traps in the engine.
  const source = String.raw`rule trap { condition: (0 - 9223372036854775807 - 1) \ (filesize - 7) == 1 }`;
  const real = createScanPool({ workers: 1 });
  t.teardown(() => real.close());
  const held: Uint8Array[] = [];
  const result = await readAndScan(
    real,
    { id: 'trap', sources: [{ namespace: 'a.yar', source }] },
    async () => {
      t.deepEqual(
        held.map((bytes) => bytes.buffer.byteLength),
        held.map(() => 0),
      );
      const part = { ...content(), size: 100, bytes: new Uint8Array(6) };
      held.push(part.bytes);
      return part;
    },
    { unpack: null },
  );
  t.like(result, { report: { status: 'failed', reason: 'engine_crash', size: 6 } });
  t.is(held.length, 2);
});

test('a scan that crashes twice has failed', async (t) => {
  const { pool } = poolOf(failed('engine_crash'), failed('engine_crash'), scanned);
  t.like(await readAndScan(pool, ruleset, async () => content(), { unpack: null }), {
    report: { reason: 'engine_crash' },
  });
});

test('a scan that ran out of time is not done again', async (t) => {
  const { pool, left } = poolOf(failed('timeout'), scanned);
  t.like(await readAndScan(pool, ruleset, async () => content(), { unpack: null }), { report: { reason: 'timeout' } });
  t.is(left(), 1);
});

test('an object that cannot be read is not scanned', async (t) => {
  const { pool } = poolOf();
  const gone = { status: 'skipped', reason: 'gone' } as const;
  t.is(await readAndScan(pool, ruleset, async () => gone, { unpack: null }), gone);
});

test('metadata of an object sets declared variables, and values of the caller go before it', async (t) => {
  const pool = createScanPool({ workers: 1 });
  t.teardown(() => pool.close());
  const variables = [{ name: 'Depth', type: 'integer', default: 1 }] as const;
  const source = [1, 2, 3].map((value) => `rule is_${value} { condition: Depth == ${value} }`).join(' ');
  const scan = async (metadata: Readonly<Record<string, string>>, given?: Readonly<Record<string, string>>) => {
    const read = async () => ({ ...content(), metadata });
    const result = await readAndScan(pool, { id: 'v', sources: [{ namespace: 'a.yar', source, variables }] }, read, {
      unpack: null,
      variables: given,
    });
    if ('status' in result || result.report.status !== 'scanned') return t.fail();
    const { matches, variableProblems } = result.report;
    return [...matches.map(({ rule }) => rule), ...(variableProblems ?? [])];
  };
  t.deepEqual(await scan({ depth: '2' }), ['is_1']);
  t.deepEqual(await scan({ 'rearview-var-depth': '2' }), ['is_2']);
  t.deepEqual(await scan({ 'rearview-var-depth': '2' }, { depth: '3' }), ['is_3']);
  t.deepEqual(await scan({ 'rearview-var-depth': 'x' }), [
    'is_1',
    'Invalid value "x" for the variable Depth of type integer: the default 1 is used.',
  ]);
});
