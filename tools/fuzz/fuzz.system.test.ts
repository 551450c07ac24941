import test from 'ava';
import type { FoundFailure } from './failure.ts';
import { defaultLimits, type FuzzOptions, fuzzModules, runInput, type TargetReport } from './fuzz-modules.ts';
import { targetModules } from './target-modules.ts';

const planted = (name: string) => ({ name, module: new URL(`./planted/${name}.ts`, import.meta.url).href });
const options = { seed: '1', iterations: 2000, maxMs: 600_000, isGuided: true, limits: defaultLimits };

async function fuzz(name: string, changed: Partial<FuzzOptions> = {}): Promise<TargetReport> {
  for await (const report of fuzzModules([planted(name)], { ...options, ...changed })) return report;
  throw new Error('There is no report.');
}

const shown = ({ kind, message, input }: FoundFailure) => ({
  kind,
  message,
  input: Buffer.from(input).toString('latin1'),
});

test.serial('an exception of a parser is found, with a small input that reproduces it', async (t) => {
  const { failures } = await fuzz('thrown', { iterations: 300, isGuided: false });
  t.true(failures.length > 0);
  for (const { kind, message, input, foundBytes, stack } of failures) {
    t.is(kind, 'thrown');
    t.regex(message, /^TypeError: /);
    t.regex(stack, /planted\/thrown\.ts/);
    t.true(input.length <= foundBytes && input.length < 30, `${input.length} of ${foundBytes}`);
    t.like(await runInput(planted('thrown').module, input), { kind, message });
  }
});

test.serial(
  'a failure behind several conditions is found by keeping inputs that get further, and the same seed finds it again',
  async (t) => {
    const { failures, blocks, kept } = await fuzz('hidden');
    t.deepEqual(failures.map(shown), [{ kind: 'property', message: 'the door stays closed', input: 'key!' }]);
    t.true((blocks ?? 0) > 4);
    const again = await fuzz('hidden');
    t.deepEqual([again.failures[0]?.iteration, again.kept], [failures[0]?.iteration, kept]);
  },
);

test.serial('a parser that is not linear is detected by its executed code, however fast the machine is', async (t) => {
  const { failures } = await fuzz('work', { iterations: 150 });
  t.deepEqual(
    failures.map(({ kind }) => kind),
    ['work'],
  );
  t.true((failures[0]?.input.length ?? 0) > 50);
});

test.serial('an input that never ends, or exhausts memory, only ends a thread', async (t) => {
  const limits = { ...defaultLimits, deadlineMs: 1000, maxDeadly: 0, maxHeapMb: 64 };
  const hanging = await fuzz('hang', { iterations: 200, isGuided: false, limits });
  t.true(hanging.failures.some(({ kind }) => kind === 'hang'));
  const large = await fuzz('memory', { iterations: 60, isGuided: false, limits: { ...limits, deadlineMs: 60_000 } });
  t.true(large.failures.some(({ kind }) => kind === 'memory'));
  t.like(await runInput(planted('hang').module, Buffer.from('a!!b'), limits), { kind: 'hang' });
  t.is(await runInput(planted('hang').module, Buffer.from('a!b'), { ...limits, deadlineMs: 60_000 }), 'ended');
});

test.serial('mutations pass a hash check, and so does the smallest input', async (t) => {
  const { failures, outcomes } = await fuzz('repaired', { iterations: 200, isGuided: false });
  t.deepEqual(
    failures.map(({ message }) => message),
    ['content has seven bytes'],
  );
  t.is(failures[0]?.input.length, 32);
  t.true((outcomes['altered'] ?? 0) > 0);
});

test.serial('every target runs its seeds and some mutations of them', async (t) => {
  const targets = targetModules();
  t.true(targets.length > 30);
  const reports = fuzzModules(targets, { ...options, iterations: 3, isGuided: false });
  for await (const { target, runs, failures, outcomes } of reports) {
    t.deepEqual(failures.map(shown), [], target);
    t.true(runs > 3 && Object.keys(outcomes).length > 0, target);
  }
});
