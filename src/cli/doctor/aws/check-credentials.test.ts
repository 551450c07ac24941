import { STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import test, { type ExecutionContext } from 'ava';
import { snsFailure } from '../../../testing/aws/messaging-emulator.ts';
import { startHttpServer } from '../../../testing/http/http-proxy.ts';
import { checkCredentials } from './check-credentials.ts';

function clientOf(t: ExecutionContext, config: STSClientConfig): STSClient {
  const client = new STSClient({ region: 'us-east-1', maxAttempts: 1, ...config });
  t.teardown(() => client.destroy());
  return client;
}

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const provider = (name: string, message: string) => async () => {
  throw Object.assign(new Error(message), { name });
};

test('credentials that have expired are distinguished from those that AWS does not know', async (t) => {
  for (const [code, pattern] of [
    ['ExpiredToken', /have expired: sign in again/],
    ['RequestExpired', /have expired/],
    ['InvalidClientTokenId', /AWS refused them: check the access key/],
    ['SignatureDoesNotMatch', /the clock of this machine/],
  ] as const) {
    const endpoint = await startHttpServer(t, async () => snsFailure(403, code));
    const found = await checkCredentials(clientOf(t, { credentials, endpoint }));
    t.is(found.status, 'fail');
    t.regex(found.detail, pattern);
  }
});

test('credentials that are not there are distinguished from a session that has ended', async (t) => {
  const endpoint = 'http://127.0.0.1:1';
  const none = provider('CredentialsProviderError', 'Could not load credentials from any providers');
  t.regex((await checkCredentials(clientOf(t, { credentials: none, endpoint }))).detail, /not set: set AWS_PROFILE/);
  const ended = provider('CredentialsProviderError', 'The SSO session associated with this profile has expired.');
  t.regex(
    (await checkCredentials(clientOf(t, { credentials: ended, endpoint }))).detail,
    /have expired: sign in again/,
  );
});

test('without a region, doctor reports that it is the region', async (t) => {
  const region = async () => {
    throw new Error('Region is missing');
  };
  const found = await checkCredentials(clientOf(t, { credentials, region }));
  t.like(found, { status: 'fail' });
  t.regex(found.detail, /set AWS_REGION/);
});

test('an unreachable STS is a warning, since the rest of AWS may be reachable', async (t) => {
  const found = await checkCredentials(clientOf(t, { credentials, endpoint: 'http://127.0.0.1:1' }));
  t.like(found, { status: 'warn' });
});
