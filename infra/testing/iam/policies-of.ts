import * as z from 'zod';
import { stateOf } from '../mock-resources.ts';
import type { RecordedProgram, RecordedResource } from '../record-program.ts';
import { testAccount } from '../test-account.ts';
import { type Policy, parsePolicy, type StackPolicies } from './policies.ts';

const roleInputs = z.looseObject({
  name: z.string(),
  inlinePolicies: z.never().optional(),
  managedPolicyArns: z.never().optional(),
});
const inline = z.looseObject({ role: z.string(), policy: z.unknown() });
const attachment = z.looseObject({ role: z.string(), policyArn: z.string() });
const managed = z.looseObject({ policy: z.unknown() });
const withArn = z.looseObject({ arn: z.string() });

/**
 * All policies of a recorded program that affect what its roles may do.
 * @throws Error for a managed policy that the program did not create: its content is unknown here
 */
export function policiesOf(program: Pick<RecordedProgram<unknown>, 'ofType'>): StackPolicies {
  const own = new Map(
    program
      .ofType('Policy')
      .filter(isIam)
      .map((each) => [arnOf(each), parsePolicy(managed.parse(each.inputs).policy)]),
  );
  const identity = new Map<string, Policy[]>();
  for (const { inputs } of program.ofType('Role')) identity.set(roleArn(roleInputs.parse(inputs).name), []);
  const add = (role: string, policy: Policy) => {
    const arn = roleArn(role);
    identity.set(arn, [...(identity.get(arn) ?? []), policy]);
  };
  for (const { inputs } of program.ofType('RolePolicy')) {
    const { role, policy } = inline.parse(inputs);
    add(role, parsePolicy(policy));
  }
  for (const { inputs } of program.ofType('RolePolicyAttachment')) {
    const { role, policyArn } = attachment.parse(inputs);
    const policy = own.get(policyArn);
    if (policy === undefined) throw new Error(`${role} has ${policyArn}, which the program did not create.`);
    add(role, policy);
  }
  return { identity, resource: resourcePolicies(program) };
}

const ofBucket = z.looseObject({ bucket: z.string(), policy: z.unknown() });
const ofQueue = z.looseObject({ queueUrl: z.string(), policy: z.unknown() });
const ofTopic = z.looseObject({ arn: z.string(), policy: z.unknown() });

function resourcePolicies(program: Pick<RecordedProgram<unknown>, 'ofType'>): ReadonlyMap<string, Policy> {
  const all = new Map<string, Policy>();
  const add = (arn: string, policy: unknown) => {
    if (all.has(arn)) throw new Error(`${arn} has two policies, and keeps only the second.`);
    all.set(arn, parsePolicy(policy));
  };
  for (const { inputs } of program.ofType('BucketPolicy')) {
    const { bucket, policy } = ofBucket.parse(inputs);
    add(`arn:aws:s3:::${bucket}`, policy);
  }
  for (const { inputs } of program.ofType('QueuePolicy')) {
    const { queueUrl, policy } = ofQueue.parse(inputs);
    const [name, account, host = ''] = queueUrl.split('/').toReversed();
    add(`arn:aws:sqs:${host.split('.')[1]}:${account}:${name}`, policy);
  }
  for (const { inputs } of program.ofType('TopicPolicy')) {
    const { arn, policy } = ofTopic.parse(inputs);
    add(arn, policy);
  }
  for (const key of program.ofType('Key')) add(arnOf(key), key.inputs['policy']);
  return all;
}

/** The ARN as AWS creates it, or as the mocks of a recorded program do. */
function arnOf({ type, name, inputs }: RecordedResource): string {
  return withArn.parse(stateOf(type, name, inputs)).arn;
}

function isIam({ type }: RecordedResource): boolean {
  return type === 'aws:iam/policy:Policy';
}

/** Programs refer to roles by name. */
function roleArn(name: string): string {
  return `arn:aws:iam::${testAccount}:role/${name}`;
}
