import test from 'ava';
import { openContentCache } from '../../adapters/local/content-cache.ts';
import { RearviewError } from '../../domain/errors.ts';
import type { RuleSource } from '../../domain/rulesets/rule.ts';
import type { ScanReport, ScanRequest } from '../../engine/types.ts';
import { parseSources } from '../../rules/sources/read-sources.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { createMemo } from '../rulesets/kept/create-memo.ts';
import { budgetOf } from './budget.ts';
import { type Cost, createMeter, type Meter } from './cost.ts';
import { createCostMemory } from './cost-memory.ts';
import { builtInData } from './data-kinds.ts';
import { profileRules } from './profile-rules.ts';

const kinds = ['text', 'executable', 'random', 'zeros', 'repeats', 'script', 'html', 'mail'];
const data = [{ kind: 'one', files: [new Uint8Array(1024 * 1024)] }];
const source: RuleSource = { namespace: 'a.yar', source: 'rule a { condition: true }' };

/** A pool whose scans take the given times, in turn; the reference takes those of its own. */
function fakePool(own: readonly (number | 'timeout')[], reference: readonly number[]) {
  const scans: string[] = [];
  const scan = async ({ ruleset }: ScanRequest): Promise<ScanReport> => {
    const name = ruleset.sources[0]?.namespace ?? '';
    const turn = scans.filter((each) => each === name).length;
    scans.push(name);
    const engineMs = (name === 'reference' ? reference : own)[turn] ?? 1;
    if (engineMs === 'timeout') return { status: 'failed', reason: 'timeout', detail: '', size: 1 };
    return { status: 'scanned', sha256: '', md5: '', size: 1, matches: [], engineMs };
  };
  return { scan, scans };
}

test('the built-in data is the same in every run, of one size, and of the kinds that the docs name', (t) => {
  const [first, second] = [builtInData(10_000), builtInData(10_000)];
  t.deepEqual(
    first.map(({ kind }) => kind),
    kinds,
  );
  t.deepEqual(first, second);
  for (const { files } of first)
    t.deepEqual(
      files.map(({ length }) => length),
      [10_000],
    );
  t.is(new Set(first.map(({ files }) => Buffer.from(files[0] ?? []).toString('latin1'))).size, kinds.length);
});

test('source and reference take turns, and the fastest of each counts', async (t) => {
  const pool = fakePool([90, 6, 8, 7], [40, 3, 2, 5]);
  const [cost] = await createMeter({ pool, data }).measure(source);
  t.deepEqual(cost, { kind: 'one', msPerMiB: 6, times: 3, timedOut: false });
  t.deepEqual(pool.scans, Array.from({ length: 4 }, () => ['reference', 'a.yar']).flat());
});

test('what is clearly slow is not repeated, and what runs out of time is a lower bound', async (t) => {
  const slow = fakePool([500, 400, 1, 1], [1, 1, 1, 1]);
  t.like(await createMeter({ pool: slow, data }).measure(source), [{ times: 400, timedOut: false }]);
  t.is(slow.scans.length, 4);
  const endless = fakePool(['timeout'], [1]);
  t.like(await createMeter({ pool: endless, data }).measure(source), [{ timedOut: true }]);
  t.is(endless.scans.length, 2);
});

test('files of a kind count together', async (t) => {
  const half = { kind: 'two', files: [new Uint8Array(262_144), new Uint8Array(262_144)] };
  const [cost] = await createMeter({ pool: fakePool([5, 7], [1, 2]), data: [half], repetitions: 1 }).measure(source);
  t.deepEqual(cost, { kind: 'two', msPerMiB: 24, times: 4, timedOut: false });
});

const file: RuleSource = {
  namespace: 'a.yar',
  source: `private rule Hidden { condition: filesize > 1 }
rule Fast { strings: $f = "fast" condition: $f }
rule Slow { strings: $s = "slow" $x = "extra" condition: Hidden and all of them }
rule Middle { strings: $m = "mid" condition: $m }`,
};

/** Costs by a word of the source; each measurement takes the next. */
function fakeMeter(times: Readonly<Record<string, readonly number[]>>): Meter & { readonly measured: string[] } {
  const measured: string[] = [];
  return {
    measured,
    async measure(each) {
      const [word = '', values = []] = Object.entries(times).find(([name]) => each.source.includes(name)) ?? [];
      const turn = measured.filter((name) => name === word).length;
      measured.push(word);
      const value = values[Math.min(turn, values.length - 1)] ?? 1;
      if (value < 0) throw new RearviewError('ERR_RULES_INVALID', ['It does not compile:', 'why']);
      const cost = (kind: string, factor: number): Cost => ({
        kind,
        msPerMiB: value * factor,
        times: value * factor,
        timedOut: false,
      });
      return [cost('text', 1), cost('mail', 2)];
    },
  };
}

test('rules are sorted by their worst kind, with the median and the strings of the slowest', async (t) => {
  const meter = fakeMeter({
    'rule Only { strings: $x': [3],
    'rule Only': [5],
    'rule Fast': [1],
    'rule Slow': [40],
    'rule Middle': [4],
  });
  const { rules, medians, failed } = await profileRules({ sources: [file], meter, withStrings: 1 });
  t.deepEqual(
    rules.map(({ rule, worst, timesMedian, strings }) => [
      rule,
      worst.kind,
      worst.times,
      timesMedian,
      strings.map(({ identifier }) => identifier),
    ]),
    [
      ['a.yar:Slow', 'mail', 80, 10, ['$s', '$x']],
      ['a.yar:Middle', 'mail', 8, 1, []],
      ['a.yar:Fast', 'mail', 2, 0.25, []],
    ],
  );
  t.deepEqual(medians, [
    { kind: 'text', msPerMiB: 4, times: 4 },
    { kind: 'mail', msPerMiB: 8, times: 8 },
  ]);
  t.deepEqual(failed, []);
});

test('a rule above the budget is measured again, and the lower cost counts', async (t) => {
  const meter = fakeMeter({ 'rule Slow': [40, 3], 'rule Fast': [1], 'rule Middle': [4] });
  const { rules } = await profileRules({
    sources: [file],
    meter,
    withStrings: 0,
    budgetOf: () => ({ maxTimes: 10, fails: true }),
  });
  t.like(rules, [{ rule: 'a.yar:Middle' }, { rule: 'a.yar:Slow', worst: { times: 6 } }, { rule: 'a.yar:Fast' }]);
  t.is(meter.measured.filter((name) => name === 'rule Slow').length, 2);
  t.is(meter.measured.length, 4);
});

test('a rule that does not compile by itself is listed, and only wanted rules are measured', async (t) => {
  const meter = fakeMeter({ 'rule Slow': [-1], 'rule Middle': [4] });
  const { rules, failed } = await profileRules({ sources: [file], meter, isWanted: (rule) => rule !== 'a.yar:Fast' });
  t.deepEqual(
    rules.map(({ rule }) => rule),
    ['a.yar:Middle'],
  );
  t.deepEqual(failed, [{ rule: 'a.yar:Slow', reason: 'why' }]);
});

const vendored: RuleSource = { ...file, namespace: 'vendor/pack/a.yar' };

test('rules that can fail are measured first, and what does not fit into the time is listed', async (t) => {
  const meter = fakeMeter({ 'rule Slow': [3], 'rule Fast': [1], 'rule Middle': [4] });
  const { rules, unmeasured } = await profileRules({
    ...{ sources: [file], meter, withStrings: 1 },
    budgetOf: (rule) => ({ maxTimes: 50, fails: rule === 'a.yar:Middle' }),
    isTimeUp: () => meter.measured.length > 0,
  });
  t.like(rules, [{ rule: 'a.yar:Middle', strings: [] }]);
  t.deepEqual(unmeasured, ['a.yar:Fast', 'a.yar:Slow']);
});

test('costs of public rules are remembered by their text and the data, those of own rules are not', async (t) => {
  const cache = openContentCache(tempFolder(t), { now: () => 0 });
  if (cache === null) return t.fail();
  const memory = createCostMemory(createMemo(cache), data, [4]);
  const budgetOf = () => ({ maxTimes: 50, fails: true });
  const profile = async (source: RuleSource, value: number, given = memory) => {
    const meter = fakeMeter({ 'rule Slow': [value], 'rule Fast': [1], 'rule Middle': [4], 'rule Only': [2] });
    const result = await profileRules({ sources: [source], meter, withStrings: 1, budgetOf, memory: given });
    return { ...result, slowest: result.rules[0]?.worst.times, measured: meter.measured.length };
  };
  t.like(await profile(vendored, 20), { slowest: 40, measured: 5, remembered: 0 });
  t.like(await profile(vendored, 7), { slowest: 40, measured: 0, remembered: 3 });
  const changed = { ...vendored, source: vendored.source.replace('"extra"', '"other"') };
  t.like(await profile(changed, 7), { slowest: 14, measured: 2, remembered: 2 });
  t.like(await profile(file, 7), { slowest: 14, measured: 5, remembered: 0 });
  t.like(await profile(file, 7), { measured: 5, remembered: 0 });
  const others = createCostMemory(createMemo(cache), [{ kind: 'one', files: [Buffer.from('x')] }], [4]);
  t.like(await profile(vendored, 7, others), { slowest: 14, remembered: 0 });
  cache.close();
});

test('a remembered cost above a budget is measured again, while there is time', async (t) => {
  const cache = openContentCache(tempFolder(t), { now: () => 0 });
  if (cache === null) return t.fail();
  const memory = createCostMemory(createMemo(cache), data, []);
  const worst = async (slow: number, maxTimes: number, isTimeUp: () => boolean) => {
    const meter = fakeMeter({ 'rule Slow': [slow], 'rule Fast': [1], 'rule Middle': [1] });
    const budgetOf = () => ({ maxTimes, fails: true });
    const { rules } = await profileRules({ sources: [vendored], meter, withStrings: 0, budgetOf, memory, isTimeUp });
    return rules[0]?.worst.times;
  };
  t.is(await worst(40, 100, () => false), 80);
  t.is(await worst(3, 10, () => true), 80);
  t.is(await worst(3, 10, () => false), 6);
  t.is(await worst(40, 10, () => false), 6);
  cache.close();
});

test('a cost that ran out of time is not remembered', (t) => {
  const cache = openContentCache(tempFolder(t), { now: () => 0 });
  if (cache === null) return t.fail();
  const memory = createCostMemory(createMemo(cache), data, []);
  memory.put(vendored, [{ kind: 'one', msPerMiB: 1, times: 1, timedOut: true }]);
  t.is(memory.get(vendored), null);
  memory.put(vendored, [{ kind: 'one', msPerMiB: 1, times: 1, timedOut: false }]);
  t.is(memory.get(vendored)?.length, 1);
  cache.close();
});

test('the budget of a public rule is that of its source, and fails only rules that alert', (t) => {
  const sources = parseSources(
    'sources.yaml',
    'sources:\n  a: { url: ../a, budget: 20, namespace: pack }\n  b: { url: ../b }\n',
  );
  const entry = (namespace: string, status: string) => ({
    ...{ namespace, name: 'r', logicHash: '', tags: [], private: false, global: false, dependencies: [] },
    meta: [{ identifier: 'status', value: status }],
  });
  t.deepEqual(budgetOf(entry('vendor/pack/a.yar', 'stable'), sources, 30), { maxTimes: 20, fails: true });
  t.deepEqual(budgetOf(entry('vendor/pack/a.yar', 'staged'), sources, 30), { maxTimes: 20, fails: false });
  t.deepEqual(budgetOf(entry('vendor/b/a.yar', 'stable'), sources, 30), { maxTimes: 30, fails: true });
  t.is(budgetOf(entry('vendor/b/a.yar', 'stable'), sources, null), null);
  t.deepEqual(budgetOf(entry('pack/a.yar', 'staged'), sources, 30), { maxTimes: 30, fails: true });
});
