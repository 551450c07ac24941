import { parse, stringify } from 'yaml';
import { z } from 'zod';

const fileSchema = z.looseObject({ config: z.record(z.string(), z.unknown()).nullish() });

/**
 * What the AWS provider must be told where there is no account: https://www.pulumi.com/registry/packages/aws/installation-configuration/
 * Who it is, it asks STS, and the program does.
 */
const withoutAccount = {
  'aws:skipCredentialsValidation': true,
  'aws:skipMetadataApiCheck': true,
  'aws:skipRequestingAccountId': true,
};

/**
 * The configuration file of a stack for a preview: the values of the operator's, with an AWS provider that needs no account.
 *
 * @param given Pulumi.prod.yaml; how its secrets are encrypted is left out
 * @param created what `pulumi stack init` wrote for the stack of the preview
 * @param stsEndpoint URL
 * @throws Error where a value is encrypted: the preview has no key
 */
export function previewConfig(given: string, created: string, stsEndpoint: string): string {
  const values = fileSchema.parse(parse(given) ?? {}).config ?? {};
  const secrets = Object.keys(values).filter((key) => JSON.stringify(values[key]).includes('{"secure":'));
  if (secrets.length > 0) {
    throw new Error(
      `${secrets.join(', ')}: encrypted in Pulumi.prod.yaml, and a preview without the stack has no key.`,
    );
  }
  const own = fileSchema.parse(parse(created) ?? {});
  const config = { 'aws:region': 'us-east-1', ...values, ...withoutAccount, 'aws:endpoints': [{ sts: stsEndpoint }] };
  return stringify({ ...own, config });
}
