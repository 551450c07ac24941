import { parse, stringify } from 'yaml';
import * as z from 'zod';

const fileSchema = z.looseObject({ config: z.record(z.string(), z.unknown()).nullish() });

/**
 * Settings of the AWS provider without an account:
 * https://www.pulumi.com/registry/packages/aws/installation-configuration/ Provider and program
 * look up their identity in STS.
 */
const withoutAccount = {
  'aws:skipCredentialsValidation': true,
  'aws:skipMetadataApiCheck': true,
  'aws:skipRequestingAccountId': true,
};

/**
 * The configuration file of a stack for a preview: the operator's values, with an AWS provider that
 * needs no account.
 *
 * @param given Pulumi.prod.yaml, without its encryption settings
 * @param created the file that `pulumi stack init` wrote for the stack of the preview
 * @param stsEndpoint URL
 * @throws Error if a value is encrypted: the preview has no key
 */
export function previewConfig(given: string, created: string, stsEndpoint: string): string {
  const values = fileSchema.parse(parse(given) ?? {}).config ?? {};
  const secrets = Object.keys(values).filter((key) => JSON.stringify(values[key]).includes('{"secure":'));
  if (secrets.length > 0) {
    throw new Error(
      `Cannot read ${secrets.join(', ')}: encrypted in Pulumi.prod.yaml, and the preview does not have the key of the stack.`,
    );
  }
  const own = fileSchema.parse(parse(created) ?? {});
  const config = { 'aws:region': 'us-east-1', ...values, ...withoutAccount, 'aws:endpoints': [{ sts: stsEndpoint }] };
  return stringify({ ...own, config });
}
