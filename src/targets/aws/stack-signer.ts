import { KMSClient } from '@aws-sdk/client-kms';
import { createKmsSigner } from '../../adapters/aws/kms-signer.ts';
import { RearviewError } from '../../domain/errors.ts';
import type { Signer } from '../../ports/signer.ts';
import { clientDefaults, inRegion } from './aws-clients.ts';
import type { AwsConfig } from './aws-config.ts';
import { awsSettings } from './aws-settings.ts';

/**
 * Signs with the key of the stack. Imported only where something is signed: functions include no
 * KMS client.
 * @throws RearviewError `ERR_SIGNING` if the settings name no key
 */
export function createStackSigner({ rulesetSigningKeyArn: keyArn, rulesetPublicKey, region }: AwsConfig): Signer {
  if (keyArn === undefined || rulesetPublicKey === undefined) {
    const missing = keyArn === undefined ? 'rulesetSigningKeyArn' : 'rulesetPublicKey';
    throw new RearviewError(
      'ERR_SIGNING',
      `Cannot sign the ruleset: the settings name no signing key (stack output ${missing}, or ${awsSettings[missing]}). Update the stack with "pulumi up", then export its outputs again: pulumi stack output --json > outputs.json.`,
    );
  }
  const publicKey = Buffer.from(rulesetPublicKey, 'base64');
  return {
    publicKey: async () => publicKey,
    async sign(message) {
      const client = new KMSClient({ ...clientDefaults, ...inRegion(region) });
      try {
        return await createKmsSigner({ client, keyArn, publicKey }).sign(message);
      } finally {
        client.destroy();
      }
    },
  };
}
