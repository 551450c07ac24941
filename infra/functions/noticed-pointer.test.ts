import test from 'ava';
import type { AwsCall } from '../../src/testing/aws-calls/calls-of.ts';
import { createDecider } from '../testing/iam/decider.ts';
import { policiesOf } from '../testing/iam/policies-of.ts';
import { recordStack } from '../testing/record-stack.ts';

const scans = 'arn:aws:dynamodb:eu-central-1:111122223333:table/rearview-prod-scans';
const writes = ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'];

test.serial(
  'a role that makes a ruleset active cannot hide that from operators: only the finisher records what it noticed',
  async (t) => {
    const program = await recordStack({ github: { repository: 'octo-org/rules' } });
    const decide = createDecider(policiesOf(program));
    const decided = (caller: string, action: string, partition: string) => {
      const role = program.result.roles[caller] ?? '';
      const context = { 'aws:SecureTransport': 'true', 'dynamodb:LeadingKeys': [partition] };
      const call: AwsCall = { caller, role, action, resource: scans, context };
      return decide(call);
    };
    for (const action of writes) {
      for (const caller of ['publish', 'rollback']) {
        t.is(await decided(caller, action, 'pointer#ruleset/noticed'), 'ExplicitlyDenied', `${caller} ${action}`);
      }
      for (const caller of ['batcher', 'live-analyzer', 'retro-analyzer', 'preview', 'redrive']) {
        t.is(await decided(caller, action, 'pointer#ruleset/noticed'), 'ImplicitlyDenied', `${caller} ${action}`);
      }
    }
    t.is(await decided('scan-finisher', 'dynamodb:UpdateItem', 'pointer#ruleset/noticed'), 'Allowed');
    t.is(await decided('batcher', 'dynamodb:UpdateItem', 'scan#retro-1'), 'Allowed');
  },
);
