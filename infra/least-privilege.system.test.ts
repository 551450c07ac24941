import { type AwsCall, callsOf } from '../src/testing/aws-calls/calls-of.ts';
import { exercisePipeline } from '../src/testing/aws-calls/exercise.ts';
import { callsOfLambda } from '../src/testing/aws-calls/service-permissions.ts';
import { testWithDynamo } from '../src/testing/test-unless.ts';
import { createDecider } from './testing/iam/decider.ts';
import { policiesOf } from './testing/iam/policies-of.ts';
import { distinctCalls, unexercisedGrants } from './testing/iam/unexercised-grants.ts';
import { recordStack } from './testing/record-stack.ts';

/** All optional features. */
const config = {
  ...{ tagObjects: true, cleanNotices: true, quarantine: { severities: ['critical'] } },
  github: { repository: 'octo-org/rules' },
  collectors: { principals: ['arn:aws:iam::444455556666:role/mail-gateway'] },
};

/**
 * Calls that are refused on purpose, and the consequence. Any other refusal is a missing
 * permission.
 */
const refusedOnPurpose: Readonly<Record<string, string>> = {
  'publish: s3:ListBucket rearview-prod-artifacts': 'A ruleset that is not there yet looks forbidden, and is stored.',
  'batcher: s3:ListBucket rearview-prod-artifacts': 'So does a ruleset that a retro scan makes.',
  'collector: s3:GetObject rearview-prod-corpus': 'A host that uploads learns nothing of what is there; it uploads.',
};

/** Permissions that are not used here, and the reason for allowing them. */
const unexercised: Readonly<Record<string, string>> = {
  'live-analyzer: s3:ListBucketVersions rearview-prod-corpus':
    'Which listing S3 wants to be allowed before it says that a version is gone is documented for the latest version alone.',
  'retro-analyzer: s3:ListBucketVersions rearview-prod-corpus': 'As above.',
  'rollback: s3:GetObject rearview-prod-artifacts':
    'Planning reads the index where objects lack rules. Those of an earlier ruleset they have.',
  'rollback: s3:ListBucket rearview-prod-artifacts': 'As above.',
};

/**
 * `caller: action resource`, buckets without the unique part of their names, objects without their
 * names.
 */
const lineOf = (caller: string, action: string, resource: string) =>
  `${caller}: ${action} ${resource
    .replace(/^arn:aws:s3:::([^/]*).*/, '$1')
    .replace('-111122223333-eu-central-1', '')
    .replace(/^arn:aws:/, '')}`;
const ofCall = ({ caller, action, resource }: AwsCall) => lineOf(caller, action, resource);

testWithDynamo('roles may do all that their code does under the policies of the stack, and nothing else', async (t) => {
  const program = await recordStack(config);
  const { result: stack } = program;
  const policies = policiesOf(program);
  const decide = createDecider(policies);
  const refused = new Set<string>();

  const { requests } = await exercisePipeline(t, {
    async isAllowed(request) {
      const calls = callsOf(request, stack);
      const decisions = await Promise.all(calls.map(decide));
      for (const [index, call] of calls.entries()) if (decisions[index] !== 'Allowed') refused.add(ofCall(call));
      return decisions.every((decision) => decision === 'Allowed');
    },
  });
  t.deepEqual([...refused].sort(), Object.keys(refusedOnPurpose).sort());

  const calls = [...requests.flatMap((request) => callsOf(request, stack)), ...callsOfLambda(stack)];
  for (const call of distinctCalls(calls.flatMap(alsoInQuarantine))) t.is(await decide(call), 'Allowed', ofCall(call));

  const unused: string[] = [];
  for (const [caller, role] of Object.entries(stack.roles)) {
    const grants = policies.identity.get(role);
    if (grants === undefined) throw new Error(`The stack has no role ${role}.`);
    const own = distinctCalls(calls.filter((call) => call.role === role));
    t.true(own.length > 0, `${caller} did something`);
    for (const { action, resource } of await unexercisedGrants(grants, own))
      unused.push(lineOf(caller, action, resource));
  }
  t.deepEqual(unused.sort(), Object.keys(unexercised).sort());

  // The same calls on the resources of another stack in this account.
  const { result: other } = await recordStack(config, 'test');
  const strange = requests.flatMap((request) => callsOf(request, { ...other, roles: stack.roles }));
  for (const call of distinctCalls(strange)) {
    // Mocks give the keys of all stacks the same ARNs.
    if (call.action.startsWith('kms:')) continue;
    t.is(await decide(call), 'ImplicitlyDenied', `${ofCall(call)} of another stack`);
  }
});

/**
 * Analyzers continue with objects they have marked: the bucket denies that to all other principals.
 */
function alsoInQuarantine(call: AwsCall): readonly AwsCall[] {
  const isMarked = /^s3:(Get|Put).*Object/.test(call.action) && call.resource.includes('-corpus-');
  if (!isMarked || !call.caller.endsWith('-analyzer')) return [call];
  return [call, { ...call, context: { ...call.context, 's3:ExistingObjectTag/rearview-quarantine': 'true' } }];
}
