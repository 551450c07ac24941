import { createHash } from 'node:crypto';
import { RearviewError } from '../../domain/errors.ts';
import { ruleId } from '../../domain/rulesets/rule.ts';
import type { ScannableRuleset, ScanPool } from '../../engine/types.ts';
import type { HashClaims } from '../../gates/hash-claims.ts';
import { readTestFile } from '../../rule-tests/read-test-file.ts';
import { readSample } from '../../rule-tests/sample.ts';
import { type RuleTest, testFileSuffix } from '../../rule-tests/spec.ts';

export interface ScanNamedSamplesOptions {
  readonly claims: HashClaims;
  /** Folder of the test files. */
  readonly testsDir: string;
  readonly ruleset: ScannableRuleset;
  readonly pool: Pick<ScanPool, 'scan'>;
}

/**
 * Scans those samples of the tests of rules whose hashes the rules name, and passes them to the claims. What
 * is wrong with a test is not said here: `rules test` says it, and the hash stays unchecked.
 */
export async function scanNamedSamples({ claims, testsDir, ruleset, pool }: ScanNamedSamplesOptions): Promise<void> {
  for (const namespace of claims.namespaces) {
    const testFile = `${namespace}${testFileSuffix}`;
    for (const test of await testsOf(testsDir, testFile)) {
      const bytes = await sampleOf(test, { testsDir, testFile });
      if (bytes === null) continue;
      const content = hashesOf(bytes);
      if (!claims.isNamed(content)) continue;
      const report = await pool.scan({ ruleset, bytes, externals: test.externals });
      if (report.status !== 'scanned') continue;
      claims.seen(
        content,
        new Set(report.matches.map((each) => ruleId({ namespace: each.namespace, name: each.rule }))),
      );
    }
  }
}

async function testsOf(testsDir: string, testFile: string): Promise<readonly RuleTest[]> {
  try {
    return (await readTestFile(testsDir, testFile)).tests;
  } catch {
    return [];
  }
}

async function sampleOf(
  test: RuleTest,
  place: { readonly testsDir: string; readonly testFile: string },
): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return await readSample(test.sample, place);
  } catch (error) {
    if (error instanceof RearviewError) return null;
    throw error;
  }
}

function hashesOf(bytes: Uint8Array) {
  const hash = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex');
  return { md5: hash('md5'), sha1: hash('sha1'), sha256: hash('sha256') };
}
