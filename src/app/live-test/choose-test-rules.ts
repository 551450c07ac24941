import { createHash } from 'node:crypto';
import type { EicarForm } from '../../domain/eicar.ts';
import { RearviewError } from '../../domain/errors.ts';
import type { UnpackLimits } from '../../domain/inside/limits.ts';
import { externalsOf } from '../../domain/rulesets/externals.ts';
import { isStaged, ruleId } from '../../domain/rulesets/rule.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { ScanPool } from '../../engine/types.ts';
import { activeRuleset } from '../rulesets/active-ruleset.ts';
import type { RulesetLibrary } from '../rulesets/ruleset-library.ts';

/** A form of the test file, its key, and the rule that must match it. */
export interface TestUpload {
  readonly form: string;
  readonly key: string;
  readonly bytes: Uint8Array;
  /** Lower-case hex. */
  readonly sha256: string;
  /** `namespace:name`. */
  readonly ruleId: string;
}

/** The rule that this project ships. */
const shipped = 'Test_EICAR_File of rules/test/eicar.yar';

export interface ChooseParts {
  readonly library: RulesetLibrary;
  readonly pool: ScanPool;
  /** Those of the target. */
  readonly unpack: UnpackLimits | null;
}

/**
 * Scans the forms here with the active ruleset, and chooses for each the rule to wait for: one that
 * alerts, preferably with EICAR in its name. A packed form that no rule matches is left out.
 * @param keyOf the key of a form, which rules may ask for
 * @throws RearviewError `ERR_NOT_FOUND` if nothing is published or no rule matches a form;
 *   `ERR_STATE` where only staged rules do
 */
export async function chooseTestRules(
  { library, pool, unpack }: ChooseParts,
  forms: readonly EicarForm[],
  keyOf: (form: EicarForm) => string,
): Promise<readonly TestUpload[]> {
  const current = await activeRuleset(library);
  const ruleset = await library.get(current.rulesetId);
  const uploads = await Promise.all(
    forms.map(async (form): Promise<TestUpload | null> => {
      const key = keyOf(form);
      // The pool takes the buffer.
      const bytes = Uint8Array.from(form.bytes);
      const report = await pool.scan({ ruleset, bytes, externals: externalsOf(key), unpack });
      if (report.status === 'failed') {
        throw new RearviewError('ERR_RULESET_UNUSABLE', `The active ruleset cannot scan: ${report.detail}`);
      }
      const found = report.matches.map((each) => ruleId({ namespace: each.namespace, name: each.rule }));
      if (form.isPacked && found.length === 0) return null;
      const rule = choose(ruleset, found, form.name);
      const sha256 = createHash('sha256').update(form.bytes).digest('hex');
      return { form: form.name, key, bytes: form.bytes, sha256, ruleId: rule };
    }),
  );
  return uploads.filter((each) => each !== null);
}

function choose({ id, rules }: Ruleset, found: readonly string[], form: string): string {
  const matching = rules.filter((rule) => found.includes(ruleId(rule)));
  const alerting = matching.filter((rule) => !isStaged(rule));
  const chosen = alerting.find(({ name }) => /eicar/i.test(name)) ?? alerting[0];
  if (chosen !== undefined) return ruleId(chosen);
  const what = `the EICAR test file (${form})`;
  if (matching.length > 0) {
    const names = matching.map(ruleId).join(', ');
    throw new RearviewError(
      'ERR_STATE',
      `Only staged rules match ${what}, and they do not alert: ${names}. Publish ${shipped}.`,
    );
  }
  throw new RearviewError(
    'ERR_NOT_FOUND',
    `No rule of the active ruleset (${id.slice(0, 12)}) matches ${what}: publish one that does, such as ${shipped}.`,
  );
}
