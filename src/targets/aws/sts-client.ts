import { STSClient } from '@aws-sdk/client-sts';

const connectionTimeout = 3000;
const socketTimeout = 10_000;

/** Tells whose credentials are in use: for people at the command line. Functions need none, so it is not among `AwsClients`. */
export function createStsClient(): STSClient {
  return new STSClient({ requestHandler: { connectionTimeout, socketTimeout } });
}
