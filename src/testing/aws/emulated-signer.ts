import { KMSClient } from '@aws-sdk/client-kms';
import { createKmsSigner } from '../../adapters/aws/kms-signer.ts';
import type { Signer } from '../../ports/signer.ts';
import { awsSettings } from '../../targets/aws/aws-settings.ts';

/** Signs with the key of emulated services, by their environment variables. */
export function emulatedSigner(env: Readonly<Record<string, string>>): Signer {
  const client = new KMSClient({
    endpoint: env['AWS_ENDPOINT_URL_KMS'] ?? '',
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  return createKmsSigner({
    client,
    keyArn: env[awsSettings.rulesetSigningKeyArn] ?? '',
    publicKey: Buffer.from(env[awsSettings.rulesetPublicKey] ?? '', 'base64'),
  });
}
