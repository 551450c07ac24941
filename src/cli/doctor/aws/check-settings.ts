import { hasCode } from '../../../domain/errors.ts';
import { severities, severityOf } from '../../../domain/rulesets/severity.ts';
import type { AwsConfig } from '../../../targets/aws/aws-config.ts';
import { awsSettings } from '../../../targets/aws/aws-settings.ts';
import type { GlobalOptions } from '../../context.ts';
import { plural } from '../../output/output.ts';
import { awsConfig } from '../../wiring/open-aws.ts';
import { type CheckResult, fail, ok, warn } from '../check-result.ts';

/** Reads the settings. If some are missing or wrong, returns null and a failed check for each. */
export async function checkSettings(
  globals: GlobalOptions,
): Promise<{ readonly config: AwsConfig | null; readonly results: readonly CheckResult[] }> {
  const check = 'settings';
  try {
    const config = await awsConfig(globals);
    const from =
      globals.stackOutputs === null ? 'environment variables' : `${globals.stackOutputs} and environment variables`;
    const text = `${plural(Object.keys(awsSettings).length, 'setting')} from ${from}, defaults included`;
    return { config, results: [ok(check, text), ...unknownSeverities(config)] };
  } catch (error) {
    if (!hasCode(error, 'ERR_CONFIG')) throw error;
    const [what = '', ...lines] = error.lines;
    const named = lines.filter((line) => line.startsWith('  ')).map((line) => line.trim());
    const advice = lines.filter((line) => !line.startsWith('  ')).join(' ');
    if (named.length === 0) return { config: null, results: [fail(check, what)] };
    return {
      config: null,
      results: named.map((problem, index) =>
        fail(check, index === named.length - 1 && advice !== '' ? `${problem}. ${advice}` : problem),
      ),
    };
  }
}

/** A misspelt severity would put no file in quarantine. */
function unknownSeverities({ quarantineSeverities }: AwsConfig): readonly CheckResult[] {
  const unknown = quarantineSeverities.filter((each) => severityOf(each) === null);
  if (unknown.length === 0) return [];
  const text = `${awsSettings.quarantineSeverities} has unknown severities: ${unknown.join(', ')}. Known are ${severities.join(', ')}.`;
  return [warn('settings', text)];
}
