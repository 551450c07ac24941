import type { Counterparts } from '../../src/testing/aws-calls/counterparts.ts';
import { CollectorAccess } from '../access/collectors.ts';
import { GithubAccess } from '../access/github-access.ts';
import { contextFor } from './context-for-tests.ts';
import type { StackPolicies } from './iam/policies.ts';
import { policiesOf } from './iam/policies-of.ts';
import { stackCounterparts } from './iam/stack-counterparts.ts';
import { type RecordedProgram, recordProgram } from './record-program.ts';
import { type SampleConfig, sampleParts } from './sample-parts.ts';
import { testAccount } from './test-account.ts';

export interface RecordedAccess extends RecordedProgram<Counterparts> {
  readonly policies: StackPolicies;
}

/**
 * Records the external access to a stack whose other parts are samples, and whose keys leave
 * everything to IAM.
 */
export async function recordAccess(config: SampleConfig = {}, stack = 'prod'): Promise<RecordedAccess> {
  const recorded = await recordProgram(
    async () => {
      const context = contextFor(stack, config);
      const parts = sampleParts(context);
      const { github } = context.config;
      if (github !== null) new GithubAccess(context, { github, ...parts });
      new CollectorAccess(context, parts.storage);
      return stackCounterparts(context, parts, { bucketKeys: true });
    },
    { stack },
  );
  const policies = policiesOf(recorded);
  const { buckets, tables, keys: ofCallers } = recorded.result;
  const ofServices = [...Object.values(buckets), ...Object.values(tables)].flatMap(({ keyArn }) => keyArn ?? []);
  const keys = [...ofServices, ...Object.values(ofCallers)];
  const delegating = {
    ...{ Effect: 'Allow' as const, Principal: { AWS: `arn:aws:iam::${testAccount}:root` } },
    ...{ Action: ['kms:*'], Resource: ['*'] },
  };
  const keyPolicy = { Version: '2012-10-17' as const, Statement: [delegating] };
  return {
    ...recorded,
    policies: {
      ...policies,
      resource: new Map([...policies.resource, ...keys.map((key) => [key, keyPolicy] as const)]),
    },
  };
}
