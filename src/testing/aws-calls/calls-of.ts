import { type Counterpart, type Counterparts, counterpartOf } from './counterparts.ts';
import {
  dynamoPermissions,
  kmsPermissions,
  lambdaPermissions,
  snsPermissions,
  sqsPermissions,
} from './other-permissions.ts';
import type { ContextKeys, Permission, Target } from './permission.ts';
import type { RecordedRequest, RecordedService } from './recorded-request.ts';
import { s3Permissions } from './s3-permissions.ts';

/** A call as IAM sees it: the caller, the action, the resource and the context. */
export interface AwsCall {
  /** The access key id: the function, or the role of the command line. */
  readonly caller: string;
  /** ARN of the role. */
  readonly role: string;
  /** The action in IAM: `kms:Decrypt`. */
  readonly action: string;
  /** ARN. */
  readonly resource: string;
  readonly context: ContextKeys;
}

const permissions: Readonly<Record<RecordedService, (request: RecordedRequest) => readonly Permission[]>> = {
  S3: s3Permissions,
  DYNAMODB: dynamoPermissions,
  SQS: sqsPermissions,
  SNS: snsPermissions,
  KMS: kmsPermissions,
  LAMBDA: lambdaPermissions,
};

const services: Readonly<Record<Target['type'], string>> = {
  ...{ bucket: 's3', object: 's3', table: 'dynamodb', queue: 'sqs', topic: 'sns', key: 'kms', function: 'lambda' },
};

/** All permissions that IAM checks before this request is served, in the names of the stack. */
export function callsOf(request: RecordedRequest, stack: Counterparts): readonly AwsCall[] {
  return permissions[request.service](request).flatMap((each) => callsFor(request.caller, each, stack));
}

/**
 * The calls that IAM checks for one permission: the action itself, and the actions of the service on
 * the key.
 */
export function callsFor(caller: string, permission: Permission, stack: Counterparts): readonly AwsCall[] {
  const { role, context: circumstances } = circumstancesOf(caller, stack);
  const { action, on, context = {}, keys = [] } = permission;
  const found = counterpartOf(on, stack);
  const { arn, keyArn } = found;
  const call: AwsCall = { caller, role, action, resource: arn, context: { ...circumstances, ...context } };
  if (keyArn === null) return [call];
  return [
    call,
    ...keys.map((each) => ({
      ...{ caller, role, action: each, resource: keyArn },
      context: { ...circumstances, ...keyContext(on, found, stack) },
    })),
  ];
}

/**
 * The role of the caller, and the context that every call has:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 * @throws Error for an unknown access key id
 */
export function circumstancesOf(
  caller: string,
  { roles, account }: Counterparts,
): { readonly role: string; readonly context: ContextKeys } {
  const role = roles[caller];
  if (role === undefined) throw new Error(`The role of ${caller} is not known.`);
  return {
    role,
    context: { 'aws:SecureTransport': 'true', 'aws:PrincipalArn': role, 'aws:PrincipalAccount': account },
  };
}

/**
 * The context of a request to a key: the service, and the resource:
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
 */
function keyContext(
  on: Target,
  { arn, bucketKey = false }: Counterpart,
  { account, region }: Counterparts,
): ContextKeys {
  const of: Readonly<Record<string, string>> =
    on.type === 'object'
      ? { 'aws:s3:arn': bucketKey ? (arn.split('/')[0] ?? arn) : arn }
      : on.type === 'queue'
        ? { 'aws:sqs:arn': arn }
        : on.type === 'topic'
          ? { 'aws:sns:topicArn': arn }
          : on.type === 'table'
            ? { 'aws:dynamodb:tableName': arn.split('/')[1] ?? '', 'aws:dynamodb:subscriberId': account }
            : {};
  return {
    'kms:ViaService': `${services[on.type]}.${region}.amazonaws.com`,
    'kms:CallerAccount': account,
    'kms:EncryptionContextKeys': Object.keys(of),
    ...Object.fromEntries(Object.entries(of).map(([key, value]) => [`kms:EncryptionContext:${key}`, value])),
  };
}
