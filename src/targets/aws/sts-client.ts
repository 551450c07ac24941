import { STSClient } from '@aws-sdk/client-sts';

const connectionTimeout = 3000;
const socketTimeout = 10_000;

/**
 * Looks up the identity of the credentials for the command line. Functions do not need it, so it is
 * not part of `AwsClients`.
 */
export function createStsClient(): STSClient {
  return new STSClient({ requestHandler: { connectionTimeout, socketTimeout } });
}
