import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { openJsonlAlertWatch } from '../../adapters/local/alerts/alerts-jsonl-watch.ts';
import { eicarForms } from '../../domain/eicar.ts';
import { packedEicarForms } from '../../domain/eicar-packed.ts';
import { hasCode, RearviewError } from '../../domain/errors.ts';
import type { Outcome } from '../../domain/scans/outcome.ts';
import { createScanPool } from '../../engine/pool/scan-pool.ts';
import { createTestTarget, ruleFor, type TestTarget } from '../../testing/local/test-target.ts';
import { chooseTestRules } from './choose-test-rules.ts';
import { explainForm } from './explain-live-test.ts';
import { hasArrived, type LiveTestParts, removeUploads, runLiveTest, type TestedForm } from './live-test.ts';

const shipped = readFile(new URL('../../../rules/test/eicar.yar', import.meta.url), 'utf8');

const all = [...eicarForms(), ...packedEicarForms()];

async function choose(t: ExecutionContext, { target }: TestTarget, forms = eicarForms()) {
  const pool = createScanPool({ workers: 1 });
  t.teardown(() => pool.close());
  const { library, unpack } = target;
  return chooseTestRules({ library, pool, unpack }, forms, ({ filename }) => `live-test/${filename}`);
}

/** A target with an active rule; `run` ends when all has arrived, or when `until` holds. */
async function start(t: ExecutionContext, given = eicarForms()) {
  const place = await createTestTarget(t);
  await place.publish({ 'test/eicar.yar': await shipped });
  const uploads = await choose(t, place, given);
  const { target } = place;
  const run = async (
    parts: Partial<LiveTestParts> = {},
    until: (forms: readonly TestedForm[]) => boolean = () => false,
  ) => {
    const stop = new AbortController();
    const forms = await runLiveTest(
      {
        ...{ store: target.corpus, matches: target.state.matches, watch: await openJsonlAlertWatch(target.alertsFile) },
        ...{ pollMs: 20, now: () => performance.now() },
        onProgress: (now) => {
          if (until(now)) stop.abort();
        },
        ...parts,
      },
      uploads,
      stop.signal,
    );
    const details = await Promise.all(forms.map((form) => explainForm(target.state.records, form)));
    return { forms, details };
  };
  return { ...place, uploads, run };
}

test('every form is uploaded, recorded and alerted, and removed from the corpus', async (t) => {
  const { target, uploads, run, start: startPipeline } = await start(t, all);
  startPipeline();
  const { forms, details } = await run();
  t.true(forms.every(hasArrived));
  t.deepEqual(
    details,
    forms.map(() => null),
  );
  t.is(new Set(forms.map(({ upload }) => upload.sha256)).size, forms.length - 1, 'one content comes twice');
  t.deepEqual(await removeUploads(target.state.remover, uploads), []);
  t.deepEqual((await target.corpus.list({ after: null, limit: 10 })).objects, []);
});

test('packed forms are found inside, and left out where no rule finds them', async (t) => {
  const { uploads } = await start(t, all);
  t.is(uploads.length, all.length);
  const without = await createTestTarget(t, { unpack: null });
  await without.publish({ 'test/eicar.yar': await shipped });
  t.deepEqual(
    (await choose(t, without, all)).map(({ form }) => form),
    eicarForms().map(({ name }) => name),
  );
});

test('a form whose alert does not arrive is reported as recorded, with the state of its alert', async (t) => {
  const { dir, run, start: startPipeline } = await start(t);
  startPipeline();
  const watch = await openJsonlAlertWatch(join(dir, 'nobody-writes-here.jsonl'));
  const { forms, details } = await run({ watch }, (now) => now.every(({ alertState }) => alertState === 'sent'));
  t.true(forms.every(({ recordedMs, alertedMs }) => recordedMs !== null && alertedMs === null));
  for (const detail of details) t.regex(detail ?? '', /was sent but did not arrive/);
});

test('a form that nothing scans is reported as uploaded, with what to check', async (t) => {
  const { run } = await start(t);
  const { forms, details } = await run({}, (now) => now.every(({ object }) => object !== null));
  t.true(forms.every(({ uploadedMs, recordedMs }) => uploadedMs !== null && recordedMs === null));
  for (const detail of details) t.regex(detail ?? '', /was not scanned: check "rearview queue status"/);
});

test('the outcome of a form without a match comes from its record', async (t) => {
  const { target, run } = await start(t);
  const { forms } = await run({}, (now) => now.every(({ object }) => object !== null));
  const [form] = forms;
  if (form?.object === undefined || form.object === null) throw new Error('nothing was uploaded');
  const { bucket, key, version, size } = form.object;
  const outcomes: readonly (readonly [Outcome, RegExp])[] = [
    [{ status: 'scanned', matches: 0 }, /scanned and no rule matched: another ruleset/],
    [{ status: 'scanned', matches: 1 }, /matched, but not by the rule that matches it here/],
    [{ status: 'failed', reason: 'denied', detail: 'no key' }, /^It was failed: denied \(no key\)\.$/],
    [{ status: 'skipped', reason: 'too_large' }, /^It was skipped: too_large\.$/],
  ];
  for (const [outcome, pattern] of outcomes) {
    const record = { bucket, key, version, size, sha256: null, outcome, scanId: 'live', coverage: [] };
    await target.state.records.putMany([{ ...record, updatedAt: '2026-01-01T00:00:00.000Z' }]);
    t.regex((await explainForm(target.state.records, form)) ?? '', pattern);
  }
  const owed: TestedForm = { ...form, recordedMs: 1, alertState: 'pending' };
  t.regex((await explainForm(target.state.records, owed)) ?? '', /has not been sent/);
});

test('services that are briefly down are retried, and a failed upload does not delay the others', async (t) => {
  const { target, run, start: startPipeline } = await start(t);
  startPipeline();
  let calls = 0;
  const flaky = async <T>(step: () => Promise<T>): Promise<T> => {
    calls += 1;
    if (calls % 2 === 1) throw new RearviewError('ERR_UNAVAILABLE', 'It is down.', { retryable: true });
    return step();
  };
  const { matches } = target.state;
  const { forms, details } = await run({
    matches: { matchedObjects: (options) => flaky(() => matches.matchedObjects(options)) },
    store: {
      ...target.corpus,
      put: async (key, content) => {
        if (key.includes('padded')) throw new RearviewError('ERR_CONFIG', 'It may not be put.');
        return target.corpus.put(key, content);
      },
    },
  });
  t.deepEqual(forms.map(hasArrived), [true, true, true, false]);
  t.is(details.at(-1), 'It was not uploaded: It may not be put.');
});

test('a permanent error ends the test', async (t) => {
  const { run } = await start(t);
  const matches = { matchedObjects: () => Promise.reject(new RearviewError('ERR_CONFIG', 'No such table.')) };
  t.true(hasCode(await t.throwsAsync(run({ matches })), 'ERR_CONFIG'));
});

test('objects that cannot be removed are named, and the rest is removed', async (t) => {
  const { target, uploads } = await start(t);
  for (const { key, bytes } of uploads) await target.corpus.put(key, bytes);
  const { remover } = target.state;
  const left = await removeUploads(
    {
      ...remover,
      async removeAll(key) {
        if (key.includes('padded')) throw new RearviewError('ERR_CONFIG', 'It may not be removed.');
        await remover.removeAll(key);
      },
    },
    uploads,
  );
  t.deepEqual(left, [{ name: 'corpus/live-test/eicar-padded.com', reason: 'It may not be removed.' }]);
  t.is((await target.corpus.list({ after: null, limit: 10 })).objects.length, 1);
});

test('the test waits for a rule that alerts, and prefers one with EICAR in its name', async (t) => {
  const place = await createTestTarget(t);
  await t.throwsAsync(choose(t, place), { message: /No ruleset is published yet: run "rearview publish"/ });
  await place.publish({ 'a.yar': ruleFor('Other', 'nothing like it') });
  const none = await t.throwsAsync(choose(t, place));
  t.true(hasCode(none, 'ERR_NOT_FOUND'));
  t.regex(
    none?.message ?? '',
    /No rule of the active ruleset .* publish one .* Test_EICAR_File of rules\/test\/eicar\.yar/,
  );
  const staged = { 's.yar': ruleFor('Staged_EICAR', 'STANDARD-ANTIVIRUS', 'status = "staged"') };
  await place.publish(staged);
  const silent = await t.throwsAsync(choose(t, place));
  t.true(hasCode(silent, 'ERR_STATE'));
  t.regex(silent?.message ?? '', /Only staged rules match .* s\.yar:Staged_EICAR/);
  await place.publish({ ...staged, 'a.yar': ruleFor('Small', 'STANDARD') });
  t.true((await choose(t, place)).every(({ ruleId }) => ruleId === 'a.yar:Small'));
  await place.publish({ ...staged, 'a.yar': ruleFor('Small', 'STANDARD'), 'test/eicar.yar': await shipped });
  t.true((await choose(t, place)).every(({ ruleId }) => ruleId === 'test/eicar.yar:Test_EICAR_File'));
});

test('alerts of other objects and of other rules do not count', async (t) => {
  const { target, uploads, run } = await start(t);
  const strangers = uploads.flatMap(({ key, ruleId }) => [
    { bucket: 'corpus', key: `${key}x`, ruleId },
    { bucket: 'other', key, ruleId },
    { bucket: 'corpus', key, ruleId: 'a.yar:Other' },
  ]);
  let looks = 0;
  const watch = {
    name: 'strangers',
    receive: async () => {
      looks += 1;
      return strangers;
    },
    close: async () => [],
  };
  const { forms } = await run({ watch }, () => looks > 2);
  t.true(forms.every(({ alertedMs }) => alertedMs === null));
  t.is((await target.corpus.list({ after: null, limit: 10 })).objects.length, 4);
});
