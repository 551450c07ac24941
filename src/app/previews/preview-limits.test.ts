import { createHash } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { hasCode } from '../../domain/errors.ts';
import type { LedgerEntry } from '../../domain/scans/outcome.ts';
import type { PreviewLimits } from '../../domain/scans/preview-limits.ts';
import type { LocalTarget } from '../../targets/local/local-target.ts';
import { localPreviewLimits } from '../../targets/preview-limits.ts';
import { previewRequest } from '../../testing/local/preview-request.ts';
import { createTestTarget, ruleFor } from '../../testing/local/test-target.ts';
import type { Batcher } from '../scans/batcher.ts';
import { runBatcher } from '../scans/run-batcher.ts';
import { refusalOf } from './preview-scans.ts';

const alpha = { 'a.yar': ruleFor('Alpha', 'alpha') };
const secret = 'K3y!';

/** A pipeline on this machine with these limits, and files uploaded by key. */
async function open(t: ExecutionContext, limits: Partial<PreviewLimits>, files: Readonly<Record<string, string>>) {
  const previews = { ...localPreviewLimits({}), ...limits };
  const pipeline = await createTestTarget(t, { previews });
  for (const [key, content] of Object.entries(files)) await pipeline.target.corpus.put(key, Buffer.from(content));
  return pipeline;
}

/** A batcher of a pipeline that does not run, with other limits. */
function batcherOf(target: LocalTarget, limits: Partial<PreviewLimits> = {}): Batcher {
  const { readersFor, library, maxObjectBytes, largeFiles, unpack, previews } = target;
  const { records, scans, queues } = target.state;
  return {
    ...{ readersFor, library, maxObjectBytes, largeFiles, unpack, records, scans, queues, owner: 'test' },
    ...{ previews: { ...previews, ...limits }, now: Date.now, observe: () => undefined },
  };
}

/**
 * One rule for each bit of a file's first bytes: which of them match is the file. They know nothing
 * but its name.
 */
function bitRules(filename: string): string {
  return Array.from({ length: 8 * secret.length }, (_, index) => {
    const [at, bit] = [Math.floor(index / 8), 1 << (index % 8)];
    return `rule b${index} { condition: filename == "${filename}" and uint8(${at}) & ${bit} == ${bit} }`;
  }).join('\n');
}

/** The content of the file, recovered from the matches of `bitRules` that a preview stored. */
function recovered(ledger: readonly LedgerEntry[]): string {
  const bytes = new Uint8Array(secret.length);
  for (const { rule } of ledger.flatMap(({ preview }) => preview?.hits ?? [])) {
    const index = Number(/:b(\d+)$/.exec(rule)?.[1] ?? Number.NaN);
    const at = Math.floor(index / 8);
    bytes[at] = (bytes[at] ?? 0) | (1 << (index % 8));
  }
  return Buffer.from(bytes).toString('latin1');
}

test('rules that spell out a file by its bits learn nothing about files outside the allowed areas', async (t) => {
  const within = [{ bucket: 'corpus', prefix: 'public/' }];
  const files = { 'public/open.txt': secret, 'private/key.pem': secret, 'publi.txt': secret };
  const { target, publish, start, retro, ended, ledger } = await open(t, { within }, files);
  await start();
  // The records know its hash then.
  await publish(alpha);
  await retro();
  const sha256 = [createHash('sha256').update(secret).digest('hex')];
  const spell = (name: string) => ({ now: { 'a.yar': bitRules(name) } });

  for (const fields of [{}, { sha256 }, { sample: 0, sha256 }, { filter: { prefix: 'p' }, sha256 }]) {
    const request = previewRequest(spell('key.pem'), fields);
    await target.startPreview(request);
    t.like(await ended(request.scanId), { state: 'completed', counts: { matches: 0 } });
    t.deepEqual([...new Set((await ledger(request.scanId)).map(({ key }) => key))], ['public/open.txt']);
  }
  const outside = previewRequest(spell('key.pem'), { filter: { prefix: 'private/' } });
  const error = await t.throwsAsync(target.startPreview(outside));
  t.true(hasCode(error, 'ERR_CONFIG'));
  t.regex(error?.message ?? '', /only read corpus\/public\/ \(previews\.allowed\), and "private\/" is outside/);
  t.is(await target.state.scans.get(outside.scanId), null);

  // Within them a preview is read access: nothing but the names of rules, and the file is there.
  const inside = previewRequest(spell('open.txt'));
  await target.startPreview(inside);
  await ended(inside.scanId);
  t.is(recovered(await ledger(inside.scanId)), secret);
});

test('a preview stores no bytes of files, unless the limits allow it', async (t) => {
  const stored = async (limits: Partial<PreviewLimits>) => {
    const { target, start, ended, ledger, events } = await open(t, limits, { a: `an alpha ${secret}` });
    await start();
    const printing = 'import "console" rule Print { condition: console.log("at 9: ", uint8(9)) }';
    const request = previewRequest({ now: { 'a.yar': ruleFor('Alpha', `alpha ${secret}`), 'b.yar': printing } });
    await target.startPreview(request);
    await ended(request.scanId);
    t.is(events.filter(({ type }) => type === 'printed').length, limits.matchedBytes === true ? 1 : 0);
    return JSON.stringify(await ledger(request.scanId));
  };
  const without = await stored({});
  t.regex(without, /"identifier":"\$a","offset":3,"length":10\}/);
  t.false(without.includes(secret));
  t.true((await stored({ matchedBytes: true })).includes(`alpha ${secret}`));
});

test('a preview ends its listing at its maximum number of objects', async (t) => {
  const files = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`f${10 + index}`, 'alpha']));
  const { target, start, ended } = await open(t, { maxObjects: 5 }, files);
  await start();
  const request = previewRequest({ now: alpha });
  await target.startPreview(request);
  t.like(await ended(request.scanId), {
    ...{ state: 'completed', listed: { objects: 5 }, preview: { maxObjects: 5 } },
    counts: { objects: 5, scanned: 5 },
  });
});

test('more rules than the limits allow are refused, with the reason', async (t) => {
  const { target } = await open(t, { maxRules: 1 }, {});
  const rules = { 'a.yar': `${ruleFor('One', 'alpha')}${ruleFor('Two', 'beta')}` };
  await t.throwsAsync(target.startPreview(previewRequest({ now: rules })), {
    message: /the limit is 1 rule \(previews\.maxRules\), and there are 2/,
  });
});

test('no more previews run at once than the limit, and one that ends makes room', async (t) => {
  const { target, start, ended } = await open(t, { maxRunning: 1 }, { a: 'alpha' });
  const [first, second] = [previewRequest({ now: alpha }), previewRequest({ now: alpha })];
  await target.startPreview(first);
  await t.throwsAsync(target.startPreview(second), { message: /1 previews run already.*previews\.maxRunning/ });
  await target.startPreview(first);
  await start();
  await ended(first.scanId);
  await target.startPreview(second);
  t.like(await ended(second.scanId), { state: 'completed' });

  const off = await open(t, { maxRunning: 0 }, { a: 'alpha' });
  await t.throwsAsync(off.target.startPreview(first), { message: /turned off for this target/ });
});

test('of previews that start at the same moment, only as many begin as the limit allows', async (t) => {
  const { target } = await open(t, { maxRunning: 100 }, { a: 'alpha' });
  const requests = Array.from({ length: 5 }, () => previewRequest({ now: alpha }));
  await Promise.all(requests.map((request) => target.startPreview(request)));
  const { scans } = target.state;
  const batcher = batcherOf(target, { maxRunning: 2 });
  // Nothing scans: what was listed keeps running.
  const results = await Promise.all(
    requests.map(({ scanId }) => runBatcher(batcher, scanId, new AbortController().signal)),
  );
  t.deepEqual(results.toSorted(), ['listed', 'listed', 'refused', 'refused', 'refused']);
  for (const [index, { scanId }] of requests.entries()) {
    const scan = await scans.get(scanId);
    if (scan === null) return t.fail();
    t.is(refusalOf(scan) !== null, results[index] === 'refused', scan.error ?? '');
  }
});

test('a preview whose allowed areas have changed since it started does not continue', async (t) => {
  const { target } = await open(t, {}, { a: 'alpha' });
  const request = previewRequest({ now: alpha });
  await target.startPreview(request);
  const { scans } = target.state;
  const batcher = batcherOf(target, { within: [{ bucket: 'corpus', prefix: 'public/' }] });
  t.is(await runBatcher(batcher, request.scanId, new AbortController().signal), 'refused');
  t.like(await scans.get(request.scanId), { state: 'cancelled', listed: { objects: 0 } });
});

test('a preview that runs for too long is cancelled, and does not block others', async (t) => {
  const { target, start, ended } = await open(t, { maxRunning: 1, maxHours: 1 }, { a: 'alpha' });
  const stuck = previewRequest({ now: alpha });
  await target.startPreview(stuck);
  const { db } = target.state;
  db.prepare("UPDATE scans SET created_at = '2026-01-01T00:00:00.000Z' WHERE id = ?").run(stuck.scanId);
  const next = previewRequest({ now: alpha });
  await target.startPreview(next);
  t.like(await target.state.scans.get(stuck.scanId), { state: 'cancelled' });
  t.regex((await target.state.scans.get(stuck.scanId))?.error ?? '', /run for 1 hours.*previews\.maxHours/);
  await start();
  t.like(await ended(next.scanId), { state: 'completed' });
});

test('while a retro scan runs, nothing of a preview is planned or scanned', async (t) => {
  const files = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`f${index}`, 'alpha']));
  const { target, publish, begin, start, ended, events } = await open(t, {}, files);
  await publish(alpha);
  // The preview is older, and its batches are in the queue: the merge comes after it.
  const request = previewRequest({ now: alpha });
  await target.startPreview(request);
  const { queues } = target.state;
  t.is(await runBatcher(batcherOf(target), request.scanId, new AbortController().signal), 'listed');
  t.deepEqual([(await queues.preview.stats()).visible, (await queues.retro.stats()).visible], [4, 0]);

  const merge = await begin({ full: true });
  await start();
  t.like(await ended(merge.id), { state: 'completed', counts: { scanned: 30 } });
  t.like(await ended(request.scanId), { state: 'completed', counts: { scanned: 30 } });
  const order = events.flatMap((event) => (event.type === 'object' && event.kind !== 'live' ? [event.kind] : []));
  t.deepEqual(order, [...Array(30).fill('retro'), ...Array(30).fill('preview')]);
});
