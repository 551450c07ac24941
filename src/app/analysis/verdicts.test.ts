import { createHash } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { openLocalState } from '../../adapters/local/state.ts';
import { RearviewError } from '../../domain/errors.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { Outcome } from '../../domain/scans/outcome.ts';
import type { Verdict } from '../../domain/scans/verdict.ts';
import { buildRuleset, subsetRuleset } from '../../rules/ruleset.ts';
import { sampleVerdict } from '../../testing/local/sample-verdict.ts';
import { testTrust } from '../../testing/local/test-signer.ts';
import { ruleFor } from '../../testing/local/test-target.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import type { PipelineEvent } from '../pipeline/events.ts';
import { publishRuleset } from '../rulesets/publish-ruleset.ts';
import { createRulesetLibrary } from '../rulesets/ruleset-library.ts';
import { alertCandidates } from './alert-candidates.ts';
import { createVerdicts, type Examined } from './verdicts.ts';

const { object, file } = sampleVerdict();
const scanned: Outcome = { status: 'scanned', matches: 0 };
const retry = { lastAttempt: false };

function rulesetOf(rules: Readonly<Record<string, string>>): Ruleset {
  const sources = Object.entries(rules).map(([namespace, source]) => ({ namespace, source }));
  return buildRuleset(sources, { name: 'yara-x', version: '1' });
}

/** Only the rules of that name, as the delta of a retro scan has them. */
function deltaOf(ruleset: Ruleset, ...names: readonly string[]): Ruleset {
  const rules = ruleset.rules.filter(({ name }) => names.includes(name));
  return subsetRuleset(ruleset, new Set(rules.map(({ logicHash }) => logicHash)));
}

/**
 * Verdicts over real stores. `onApply` takes the place of what applies them. Each reading of the
 * clock is `tickMs` later: by default so much that nothing is remembered.
 */
function start(
  t: ExecutionContext,
  onApply: (verdict: Verdict) => Promise<void> = async () => undefined,
  tickMs = 60_000,
) {
  const state = openLocalState(tempFolder(t), { visibilityMs: 1000, maxReceives: 3, corpusNotice: () => '' });
  t.teardown(() => state.close());
  const library = createRulesetLibrary({ store: state.stores.rulesets, pointers: state.pointers, ...testTrust });
  const applied: Verdict[] = [];
  const events: PipelineEvent[] = [];
  let nowMs = Date.parse('2026-01-01T00:00:00.000Z');
  const sink = {
    async apply(verdict: Verdict) {
      applied.push(verdict);
      await onApply(verdict);
    },
  };
  const { matches } = state;
  const now = () => {
    nowMs += tickMs;
    return nowMs;
  };
  const verdicts = createVerdicts({ sink, matches, library, now, observe: (event) => events.push(event) });
  const examined = (
    ruleset: Ruleset,
    fields: Partial<Examined> & { readonly found?: readonly string[] } = {},
  ): Examined => {
    const { found = [], ...rest } = fields;
    const sha256 = rest.sha256 ?? createHash('sha256').update('content').digest('hex');
    const candidates = alertCandidates({
      ...{ object, scannedBytes: 1, sha256, md5: '', ruleset, at: new Date(nowMs).toISOString() },
      externals: { filepath: 'k', filename: 'k', extension: '', filetype: '' },
      matches: ruleset.rules
        .filter(({ name }) => found.includes(name))
        .map(({ namespace, name }) => ({ namespace, rule: name, tags: [], meta: [], strings: [] })),
      scan: { id: 's', kind: 'retro', rulesetId: 'whole' },
    });
    const scan = { id: 's', kind: 'retro', rulesetId: 'whole' } as const;
    return { object, outcome: scanned, sha256, file, candidates, ruleset, scan, ...rest };
  };
  /** Records what was found, and gives the verdict: as an analysis does. */
  const give = async (...args: Parameters<typeof examined>) => {
    const each = examined(...args);
    await matches.record(each.candidates);
    await verdicts.give(each, retry);
    return applied.at(-1);
  };
  return {
    ...{ verdicts, examined, give, applied, events, matches },
    publish: (rules: Readonly<Record<string, string>>) =>
      publishRuleset(library, rulesetOf(rules), { now: () => nowMs }).then(() => rulesetOf(rules)),
  };
}

const alpha = { 'a.yar': ruleFor('Alpha', 'alpha') };
const both = { ...alpha, 'b.yar': ruleFor('Beta', 'beta') };

test('a verdict states the result of the scan', async (t) => {
  const { give, publish } = start(t);
  const ruleset = await publish(alpha);
  t.like(await give(ruleset), { status: 'clean', matches: [], ruleset: { id: 'whole' }, file });
  const failed = { status: 'failed', reason: 'timeout' } as const;
  t.like(await give(ruleset, { outcome: failed, file: null }), { status: 'failed', file: null });
  const skipped = { status: 'skipped', reason: 'too_large' } as const;
  t.like(await give(ruleset, { outcome: skipped, sha256: null }), { status: 'skipped' });
  const live = { id: 'l', kind: 'live', rulesetId: '' } as const;
  const matched = await give(ruleset, { found: ['Alpha'], scan: live });
  t.like(matched, { status: 'matched', matches: [{ ruleId: 'a.yar:Alpha', severity: 'unknown' }] });
  t.is(matched?.ruleset.id, ruleset.id, 'a live scan applies the whole');
});

test('the severity is that of the rule, in lower case', async (t) => {
  const { give, publish } = start(t);
  const ruleset = await publish({ 'a.yar': ruleFor('Alpha', 'alpha', 'severity = "CRITICAL"') });
  t.is((await give(ruleset, { found: ['Alpha'] }))?.matches[0]?.severity, 'critical');
});

test('staged rules have no part in a verdict', async (t) => {
  const { give, publish } = start(t);
  const staged = { ...alpha, 'b.yar': ruleFor('Beta', 'beta', 'status = "staged" severity = "critical"') };
  const ruleset = await publish(staged);
  t.like(await give(ruleset, { found: ['Beta'] }), { status: 'clean', matches: [] });
  t.like(await give(deltaOf(ruleset, 'Alpha')), { status: 'clean' }, 'and none later');
  t.deepEqual(
    (await give(ruleset, { found: ['Alpha', 'Beta'] }))?.matches.map(({ ruleId }) => ruleId),
    ['a.yar:Alpha'],
  );
});

test('a scan of new rules without a match does not mark an object clean that old rules matched', async (t) => {
  const { give, publish } = start(t);
  await give(await publish(alpha), { found: ['Alpha'] });
  const delta = deltaOf(await publish(both), 'Beta');
  t.like(await give(delta), { status: 'matched', matches: [] });
  const failed = { status: 'failed', reason: 'timeout' } as const;
  t.like(await give(delta, { outcome: failed }), { status: 'matched' }, 'nor does one that failed');
  t.like(await give(delta, { sha256: 'd'.repeat(64) }), { status: 'clean' }, 'another content is another matter');
});

test('a scan of all rules without a match marks an object clean that had matched', async (t) => {
  const { give, publish } = start(t);
  const ruleset = await publish(alpha);
  await give(ruleset, { found: ['Alpha'] });
  t.like(await give(ruleset), { status: 'clean' });
});

test('a rule that was removed or fixed no longer counts; one that was moved or renamed does', async (t) => {
  const { give, publish } = start(t);
  await give(await publish(alpha), { found: ['Alpha'] });
  const beta = { 'b.yar': ruleFor('Beta', 'beta') };
  t.like(await give(deltaOf(await publish(beta), 'Beta')), { status: 'clean' });
  const mended = await publish({ ...beta, 'a.yar': ruleFor('Alpha', 'only alpha') });
  t.like(await give(deltaOf(mended, 'Beta')), { status: 'clean' });
  const renamed = await publish({ ...beta, 'moved.yar': ruleFor('Omega', 'alpha') });
  t.like(await give(deltaOf(renamed, 'Beta')), { status: 'matched' });
});

test('a scan of a ruleset that was just published knows which rules it removed', async (t) => {
  const { give, publish } = start(t, async () => undefined, 0);
  const scanOf = (rulesetId: string) => ({ id: rulesetId, kind: 'retro', rulesetId }) as const;
  await give(await publish(alpha), { found: ['Alpha'], scan: scanOf('first') });
  const delta = deltaOf(await publish(both), 'Beta');
  t.like(await give(delta, { scan: scanOf('second') }), { status: 'matched' });
  const beta = await publish({ 'b.yar': ruleFor('Beta', 'beta') });
  t.like(await give(beta, { scan: scanOf('third') }), { status: 'clean' });
});

test('a match of another scan replaces a clean verdict that is being applied', async (t) => {
  let meanwhile = async () => {};
  const { give, publish, applied, examined, matches } = start(t, async ({ status }) => {
    if (status === 'clean') await meanwhile();
  });
  const ruleset = await publish(alpha);
  meanwhile = async () => {
    const newer = await publish(both);
    await matches.record(examined(deltaOf(newer, 'Beta'), { found: ['Beta'] }).candidates);
  };
  await give(ruleset);
  t.deepEqual(
    applied.map(({ status }) => status),
    ['clean', 'matched'],
  );
});

test('there is no verdict on an object that is gone', async (t) => {
  const { verdicts, publish, examined, applied } = start(t);
  const gone = examined(await publish(alpha), { outcome: { status: 'skipped', reason: 'gone' } });
  await verdicts.give(gone, retry);
  t.deepEqual(applied, []);
});

test('a verdict that is not applied throws, and on the last attempt is reported as a problem', async (t) => {
  const { verdicts, publish, examined, events } = start(t, async () => {
    throw new RearviewError('ERR_UNAVAILABLE', 'Not now.', { retryable: true });
  });
  const each = examined(await publish(alpha));
  await t.throwsAsync(verdicts.give(each, retry), { message: 'Not now.' });
  t.deepEqual(events, []);
  await verdicts.give(each, { lastAttempt: true });
  t.like(events, [{ type: 'problem', where: 'verdicts' }]);
  t.regex(JSON.stringify(events), /corpus\/k \(version 1\).*Not now/);
});

test('a bug is not reported as a problem but thrown', async (t) => {
  const { verdicts, publish, examined } = start(t, async () => {
    throw new TypeError('ours');
  });
  const each = examined(await publish(alpha));
  await t.throwsAsync(verdicts.give(each, { lastAttempt: true }), { instanceOf: TypeError });
});
