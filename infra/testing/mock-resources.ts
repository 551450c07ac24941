import { testAccount, testRegion } from './test-account.ts';

type Inputs = Readonly<Record<string, unknown>>;
type Addition = (inputs: Inputs, name: string) => Record<string, unknown>;

/** https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html */
const regional = (service: string, rest: string) => `arn:aws:${service}:${testRegion}:${testAccount}:${rest}`;
const global = (rest: string) => `arn:aws:iam::${testAccount}:${rest}`;
const nothing: Addition = () => ({});

/**
 * Properties that AWS adds to a new resource, by type. An unknown type fails the program: consider
 * it first.
 */
const additions: Readonly<Record<string, Addition>> = {
  'aws:budgets/budget:Budget': ({ name }) => ({ arn: `arn:aws:budgets::${testAccount}:budget/${name}` }),
  'aws:cloudwatch/compositeAlarm:CompositeAlarm': ({ alarmName }) => ({
    arn: regional('cloudwatch', `alarm:${alarmName}`),
  }),
  'aws:cloudwatch/dashboard:Dashboard': ({ dashboardName }) => ({
    dashboardArn: `arn:aws:cloudwatch::${testAccount}:dashboard/${dashboardName}`,
  }),
  'aws:cloudwatch/eventBus:EventBus': ({ name }) => ({ arn: regional('events', `event-bus/${name}`) }),
  'aws:cloudwatch/eventBusPolicy:EventBusPolicy': nothing,
  'aws:cloudwatch/eventRule:EventRule': ({ name, eventBusName }) => ({
    arn: regional('events', `rule/${eventBusName === undefined ? '' : `${eventBusName}/`}${name}`),
  }),
  'aws:cloudwatch/eventTarget:EventTarget': nothing,
  'aws:cloudwatch/logGroup:LogGroup': ({ name }) => ({ arn: regional('logs', `log-group:${name}`) }),
  'aws:cloudwatch/metricAlarm:MetricAlarm': ({ name }) => ({ arn: regional('cloudwatch', `alarm:${name}`) }),
  'aws:dynamodb/table:Table': ({ name }) => ({ arn: regional('dynamodb', `table/${name}`) }),
  'aws:iam/openIdConnectProvider:OpenIdConnectProvider': () => ({
    arn: global('oidc-provider/token.actions.githubusercontent.com'),
  }),
  'aws:iam/policy:Policy': ({ name }) => ({ arn: global(`policy/${name}`) }),
  'aws:iam/role:Role': ({ name }) => ({ arn: global(`role/${name}`) }),
  'aws:iam/rolePolicy:RolePolicy': nothing,
  'aws:iam/rolePolicyAttachment:RolePolicyAttachment': nothing,
  'aws:kms/alias:Alias': ({ name }) => ({ arn: regional('kms', String(name)) }),
  'aws:kms/key:Key': (_, name) => ({ arn: regional('kms', `key/${name}`), keyId: name }),
  'aws:lambda/alias:Alias': ({ name, functionName }) => ({
    arn: regional('lambda', `function:${functionName}:${name}`),
    invokeArn: regional('lambda', `function:${functionName}:${name}/invocations`),
  }),
  'aws:lambda/eventSourceMapping:EventSourceMapping': (_, name) => ({ uuid: name }),
  'aws:lambda/function:Function': ({ name }) => ({
    arn: regional('lambda', `function:${name}`),
    qualifiedArn: regional('lambda', `function:${name}:1`),
    version: '1',
  }),
  'aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig': nothing,
  'aws:lambda/functionRecursionConfig:FunctionRecursionConfig': nothing,
  'aws:lambda/permission:Permission': nothing,
  'aws:s3/bucket:Bucket': ({ bucket }) => ({
    arn: `arn:aws:s3:::${bucket}`,
    bucketDomainName: `${bucket}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${bucket}.s3.${testRegion}.amazonaws.com`,
  }),
  'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration': nothing,
  'aws:s3/bucketLogging:BucketLogging': nothing,
  'aws:s3/bucketNotification:BucketNotification': nothing,
  'aws:s3/bucketOwnershipControls:BucketOwnershipControls': nothing,
  'aws:s3/bucketPolicy:BucketPolicy': nothing,
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': nothing,
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration': nothing,
  'aws:s3/bucketVersioning:BucketVersioning': nothing,
  'aws:s3/inventory:Inventory': nothing,
  'aws:sns/topic:Topic': ({ name }) => ({ arn: regional('sns', String(name)) }),
  'aws:sns/topicPolicy:TopicPolicy': nothing,
  'aws:sns/topicSubscription:TopicSubscription': (_, name) => ({ arn: regional('sns', `subscription:${name}`) }),
  'aws:sqs/queue:Queue': ({ name }) => ({
    arn: regional('sqs', String(name)),
    url: `https://sqs.${testRegion}.amazonaws.com/${testAccount}/${name}`,
  }),
  'aws:sqs/queuePolicy:QueuePolicy': nothing,
  'aws:sqs/redriveAllowPolicy:RedriveAllowPolicy': nothing,
  'aws:sqs/redrivePolicy:RedrivePolicy': nothing,
};

/** @throws Error for an unexpected type */
export function stateOf(type: string, name: string, inputs: Inputs): Record<string, unknown> {
  // Components do not exist in AWS.
  if (type.startsWith('rearview:')) return inputs;
  const added = additions[type];
  if (added === undefined)
    throw new Error(`The program created a ${type}, which no test expects: see mock-resources.ts.`);
  return { ...inputs, ...added(inputs, name) };
}
