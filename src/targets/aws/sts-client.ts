import { STSClient } from '@aws-sdk/client-sts';
import { inRegion } from './aws-clients.ts';

const connectionTimeout = 3000;
const socketTimeout = 10_000;

/**
 * Looks up the identity of the credentials for the command line. Functions do not need it, so it is
 * not part of `AwsClients`.
 * @param region of the stack. Default: that of the SDK
 */
export function createStsClient(region?: string): STSClient {
  return new STSClient({ ...inRegion(region), requestHandler: { connectionTimeout, socketTimeout } });
}
