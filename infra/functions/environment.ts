import * as pulumi from '@pulumi/pulumi';
import { type AwsSettingName, awsSettings, publisherSettings } from '../../src/targets/aws/aws-settings.ts';
import { logLevelVariable } from '../../src/targets/aws/function-names.ts';
import type { StackContext } from '../context.ts';
import { type SettingsParts, settingsOf } from './settings.ts';

/**
 * Maximum of all names and values:
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const maxBytes = 4096;

/** Variables of functions that are not settings of the target. */
export const ownVariables: readonly string[] = [logLevelVariable];

/**
 * The environment of every function: the settings of the target under the names in src/targets, and
 * the log level. It has names and addresses but no secrets. Lambda's own key encrypts it, so that a
 * function starts without a KMS call that could be refused.
 *
 * @throws Error (in the output) if it is larger than Lambda accepts
 */
export function environmentOf(
  context: StackContext,
  parts: SettingsParts,
): pulumi.Output<Readonly<Record<string, string>>> {
  const settings = settingsOf(context, parts);
  const variables = Object.fromEntries(
    Object.entries(settings)
      .filter(([name]) => !publisherSettings.some((each) => each === name))
      .map(([name, value]) => [awsSettings[name as AwsSettingName], value]),
  );
  return pulumi.all({ ...variables, [logLevelVariable]: context.config.logs.level }).apply(boundedEnvironment);
}

/** @throws Error if the environment is larger than Lambda accepts */
export function boundedEnvironment(variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const bytes = Object.entries(variables).reduce((sum, [name, value]) => sum + Buffer.byteLength(name + value), 0);
  if (bytes <= maxBytes) return variables;
  throw new Error(
    `The environment of the functions has ${bytes} bytes, and Lambda accepts ${maxBytes}: reduce rearview:existingBuckets or rearview:previews.allowed.`,
  );
}
