import { runSimulation } from '@cloud-copilot/iam-simulate';
import { testAccount } from './test-account.ts';

export interface PolicyRequest {
  /**
   * ARN of a role, or a service: `s3.amazonaws.com`. Default: an administrator of the account of
   * the tests, who may do anything that is not denied.
   */
  readonly principal?: string;
  readonly action: string;
  readonly resource: string;
  /** Account that owns the resource. Default: that of the tests. */
  readonly account?: string;
  /** Values of the request by condition key. */
  readonly context?: Readonly<Record<string, string | string[]>>;
}

const administrator = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
const encryptionContext = 'kms:EncryptionContext:';

/**
 * Returns IAM's decision on a request by the policy of a bucket, queue, key or bus.
 * `ImplicitlyDenied`: nothing allows it; `ExplicitlyDenied`: something denies it.
 *
 * @param policy JSON
 * @throws Error if the simulator refuses the policy, the action, the resource or a key
 */
export async function decideOnRequest(policy: unknown, request: PolicyRequest): Promise<string> {
  const { principal = `arn:aws:iam::${testAccount}:role/administrator`, action, resource, context = {} } = request;
  const { account = testAccount } = request;
  const isOfAccount = principal.startsWith(`arn:aws:iam::${testAccount}:`);
  const result = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: account },
        contextVariables: {
          'aws:SecureTransport': 'true',
          // IAM sets it itself.
          ...(principal.startsWith('arn:') ? { 'aws:PrincipalArn': principal } : {}),
          ...nameKeys(context),
        },
      },
      identityPolicies: isOfAccount ? [{ name: 'administrator', policy: administrator }] : [],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: JSON.parse(String(policy), (_, value: unknown) => nameKeysOf(value)),
    },
    {},
  );
  if (result.resultType !== 'single') throw new Error(`${action} cannot be decided on: ${JSON.stringify(result)}`);
  const ignored = result.result.ignoredContextKeys ?? [];
  if (ignored.length > 0) throw new Error(`${action} has no ${ignored.join(', ')}.`);
  return result.overallResult;
}

/**
 * The simulator does not support encryption contexts, whose names are arbitrary. Names of tags are
 * also arbitrary, and it compares them.
 */
function nameKeys<T>(keys: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(keys).map(([key, value]) => [
      key.startsWith(encryptionContext)
        ? `aws:PrincipalTag/${key.slice(encryptionContext.length).replaceAll(':', '.')}`
        : key,
      value,
    ]),
  );
}

function nameKeysOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? nameKeys({ ...value }) : value;
}
