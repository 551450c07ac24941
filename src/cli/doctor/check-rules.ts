import { messageOf } from '../../domain/errors.ts';
import type { CliContext } from '../context.ts';
import { declaredVariables } from '../flags/declared-variables.ts';
import { plural } from '../output/output.ts';
import { prepareWithCache } from '../wiring/prepare-with-cache.ts';
import type { CheckResult } from './check-result.ts';

/** House rules and engine; the tests are left to `rules test`. */
export async function checkRules(context: Pick<CliContext, 'cwd' | 'env'>, rulesDir: string): Promise<CheckResult> {
  const check = 'rules';
  try {
    const { ruleset, diagnostics } = await prepareWithCache(context, {
      rulesDir,
      variables: await declaredVariables(context),
    });
    if (ruleset === null) {
      const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
      return {
        check,
        status: 'fail',
        detail: `${plural(errors, 'error')} below ${rulesDir}: see "rearview rules check".`,
      };
    }
    if (ruleset.rules.length === 0) return { check, status: 'warn', detail: `no rules below ${rulesDir}` };
    return { check, status: 'ok', detail: `${plural(ruleset.rules.length, 'rule')} below ${rulesDir} compile` };
  } catch (error) {
    return { check, status: 'fail', detail: messageOf(error) };
  }
}
