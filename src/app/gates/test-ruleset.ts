import { RearviewError } from '../../domain/errors.ts';
import { defaultUnpackLimits } from '../../domain/inside/limits.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import { type BaseImage, createBaseShelf } from '../../engine/base-image.ts';
import { createScanPool } from '../../engine/pool/scan-pool.ts';
import type { ScannableRuleset, ScanPool } from '../../engine/types.ts';
import type { TestRun } from '../../rule-tests/results.ts';
import { rulesetId } from '../../rules/ruleset.ts';
import { type TestRulesOptions, testRules } from './test-rules.ts';

/** Samples are small: more threads take longer to start than they save. */
const testWorkers = 2;
/** A second thread takes longer to start than the first one needs for so many tests. */
const testsOfOneWorker = 50;

export type TestRulesetOptions = Pick<
  TestRulesOptions,
  'testsDir' | 'only' | 'onlyTest' | 'leftOut' | 'leftOutRules' | 'onPrinted' | 'onScanned'
> & {
  /** A ruleset without an image is loaded on top of it, if it can be. Default: none. */
  readonly base?: BaseImage | null;
  /** Ends the tests, which reject with an error. Default: none. */
  readonly signal?: AbortSignal;
};

/** Maximum share of the sources that are compiled for the tests alone. */
const maxPart = 1 / 4;

/**
 * The ruleset to test with. Without an image, it is the part that the tests are about, if that is
 * small: rules see only rules of their own namespace.
 */
function partFor(ruleset: Ruleset, namespaces: ReadonlySet<string>): ScannableRuleset {
  if (ruleset.image) return ruleset;
  const lengthOf = (sources: Ruleset['sources']) => sources.reduce((sum, { source }) => sum + source.length, 0);
  const sources = ruleset.sources.filter(({ namespace }) => namespaces.has(namespace));
  if (lengthOf(sources) > lengthOf(ruleset.sources) * maxPart) return ruleset;
  return { id: rulesetId(sources, ruleset.engine), sources };
}

/**
 * Runs the tests of rules on a built ruleset: on its own image, if it has one.
 * @throws RearviewError `ERR_RULESET_UNUSABLE` where the engine does not take the image: tests of
 *   the sources say nothing of it
 */
export async function testRuleset(
  ruleset: Ruleset,
  { base, signal, ...options }: TestRulesetOptions,
): Promise<TestRun> {
  const refused: string[] = [];
  const bases = createBaseShelf();
  if (base) bases.add('', () => base);
  let scanned: ScannableRuleset = ruleset;
  let tests = 0;
  let pool: ScanPool | undefined;
  const startPool = () =>
    createScanPool({
      // Each worker compiles what has no image.
      workers: ruleset.image && tests > testsOfOneWorker ? testWorkers : 1,
      bases,
      onImageRefused: (_, why) => void refused.push(why),
    });
  const end = () => void pool?.close();
  signal?.addEventListener('abort', end);
  try {
    const run = await testRules({
      ...options,
      ...{ rules: ruleset.sources, rulesEntries: ruleset.rules },
      onTests: (count, namespaces) => {
        tests = count;
        scanned = partFor(ruleset, namespaces);
      },
      scan: (bytes, externals, { inside }) => {
        signal?.throwIfAborted();
        pool ??= startPool();
        return pool.scan({ ruleset: scanned, bytes, externals, unpack: inside ? defaultUnpackLimits : null });
      },
    });
    const [why] = refused;
    if (why !== undefined) {
      throw new RearviewError(
        'ERR_RULESET_UNUSABLE',
        `The rules were not tested, because the engine cannot load the image that was built from them: ${why} Run "npm ci" to install the engine again.`,
      );
    }
    return run;
  } finally {
    signal?.removeEventListener('abort', end);
    await pool?.close();
  }
}
