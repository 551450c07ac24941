import { GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import test, { type ExecutionContext } from 'ava';
import { signerContract } from '../../ports/signer.contract.ts';
import { startKmsServer } from '../../testing/aws/kms-server.ts';
import { createKmsSigner } from './kms-signer.ts';

async function start(t: ExecutionContext) {
  const server = await startKmsServer(t);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new KMSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  t.teardown(() => client.destroy());
  const { keyArn } = server;
  // As the infrastructure program reads it.
  const { PublicKey: publicKey } = await client.send(new GetPublicKeyCommand({ KeyId: keyArn }));
  if (publicKey === undefined) throw new Error('KMS has no public key');
  return { server, client, publicKey, signer: createKmsSigner({ client, keyArn, publicKey }) };
}

signerContract(test, async (t) => (await start(t)).signer);

test('KMS only receives requests to sign', async (t) => {
  const { server, signer } = await start(t);
  await signer.publicKey();
  await signer.sign(Buffer.from('a'));
  t.deepEqual(server.served, ['GetPublicKey', 'Sign']);
});

test('the error for a refusal of KMS names the fix', async (t) => {
  const { server, signer } = await start(t);
  const failures: readonly (readonly [string, RegExp])[] = [
    ['AccessDeniedException', /needs kms:Sign on this key/],
    ['DisabledException', /enable-key/],
    ['KMSInvalidStateException', /cancel-key-deletion/],
    ['NotFoundException', /stack outputs/],
    ['InvalidKeyUsageException', /the key is not for signing/],
  ];
  for (const [failure, message] of failures) {
    server.failure = failure;
    const error = await t.throwsAsync(signer.sign(Buffer.from('a')), { code: 'ERR_SIGNING', message });
    t.true(error?.message.includes(server.keyArn));
  }
});

test('a temporary failure is retryable', async (t) => {
  const { server, signer } = await start(t);
  for (const failure of ['KeyUnavailableException', 'KMSInternalException', 'ThrottlingException']) {
    server.failure = failure;
    const error = await t.throwsAsync(signer.sign(Buffer.from('a')), { code: 'ERR_UNAVAILABLE' });
    t.like(error, { retryable: true });
  }
});

test('a missing key and a forbidden key have different errors', async (t) => {
  const { client, publicKey } = await start(t);
  const keyArn = 'arn:aws:kms:us-east-1:000000000000:key/other';
  const signer = createKmsSigner({ client, keyArn, publicKey });
  await t.throwsAsync(signer.sign(Buffer.from('a')), { code: 'ERR_SIGNING', message: /no such key/ });
});
