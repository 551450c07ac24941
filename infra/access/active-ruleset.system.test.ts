import test from 'ava';
import { emulatedKeyArn } from '../../src/testing/aws/kms-server.ts';
import { callsFor } from '../../src/testing/aws-calls/calls-of.ts';
import type { Permission } from '../../src/testing/aws-calls/permission.ts';
import { evaluateCall } from '../testing/iam/evaluate-call.ts';
import { policiesOf } from '../testing/iam/policies-of.ts';
import { recordStack } from '../testing/record-stack.ts';

const config = { github: { repository: 'octo-org/rules' } };
const writing = ['PutItem', 'UpdateItem', 'DeleteItem', 'PartiQLInsert'] as const;

async function decider() {
  const program = await recordStack(config);
  const policies = policiesOf(program);
  const { result: stack } = program;
  const decide = async (caller: string, permission: Permission) => {
    const decisions = await Promise.all(
      callsFor(caller, permission, stack).map((each) => evaluateCall(each, policies)),
    );
    return decisions.find((each) => each !== 'Allowed') ?? 'Allowed';
  };
  const write = (caller: string, operation: (typeof writing)[number], partition?: string) =>
    decide(caller, {
      ...{ action: `dynamodb:${operation}`, on: { type: 'table', table: 'scans' } },
      context: partition === undefined ? {} : { 'dynamodb:LeadingKeys': [partition] },
    });
  // The role of collectors exists only if there are some.
  return { decide, write, callers: Object.keys(stack.roles).filter((each) => each !== 'collector') };
}

test.serial('only the roles that publish and roll back move the pointer to the active ruleset', async (t) => {
  const { write, callers } = await decider();
  for (const caller of callers) {
    for (const operation of writing) {
      const isAllowed = ['publish', 'rollback'].includes(caller) && operation !== 'PartiQLInsert';
      const expected = isAllowed ? 'Allowed' : 'ImplicitlyDenied';
      t.is(await write(caller, operation, 'pointer#ruleset/current'), expected, caller);
    }
  }
});

test.serial('functions write scans, and the finisher its own pointers', async (t) => {
  const { write } = await decider();
  for (const caller of ['live-analyzer', 'retro-analyzer', 'batcher', 'scan-finisher']) {
    for (const operation of ['PutItem', 'UpdateItem', 'DeleteItem'] as const)
      t.is(await write(caller, operation, 'scan#live'), 'Allowed', caller);
    const expected = caller === 'scan-finisher' ? 'Allowed' : 'ImplicitlyDenied';
    t.is(await write(caller, 'UpdateItem', 'pointer#scans/progress'), expected, caller);
    t.is(await write(caller, 'UpdateItem', 'pointer#rules/staged'), 'ImplicitlyDenied', caller);
  }
});

test.serial('only the live analyzer inserts many items into the table of scans, and never pointers', async (t) => {
  const { write, callers } = await decider();
  for (const caller of callers) {
    const expected = caller === 'live-analyzer' ? 'Allowed' : 'ImplicitlyDenied';
    t.is(await write(caller, 'PartiQLInsert', 'batches#live-2026-01-01#3'), expected, caller);
    t.is(await write(caller, 'PartiQLInsert', 'pointer#scans/progress'), 'ImplicitlyDenied', caller);
    t.is(await write(caller, 'PartiQLInsert'), 'ImplicitlyDenied', 'without the partition');
  }
});

test.serial('only the role that publishes signs rulesets, and only with the algorithm that is verified', async (t) => {
  const { decide, callers } = await decider();
  const sign = (caller: string, context: Readonly<Record<string, string>> = {}) =>
    decide(caller, {
      ...{ action: 'kms:Sign', on: { type: 'key', key: emulatedKeyArn } },
      context: { 'kms:MessageType': 'DIGEST', 'kms:SigningAlgorithm': 'ECDSA_SHA_256', ...context },
    });
  for (const caller of callers) t.is(await sign(caller), caller === 'publish' ? 'Allowed' : 'ImplicitlyDenied', caller);
  t.is(await sign('publish', { 'kms:MessageType': 'RAW' }), 'ImplicitlyDenied');
});

test.serial('every principal of the account reads the public key, and no other', async (t) => {
  const { decide, callers } = await decider();
  const on = { type: 'key', key: emulatedKeyArn } as const;
  for (const caller of callers) t.is(await decide(caller, { action: 'kms:GetPublicKey', on }), 'Allowed', caller);
  const context = { 'aws:PrincipalAccount': '444455556666' };
  t.is(await decide('preview', { action: 'kms:GetPublicKey', on, context }), 'ImplicitlyDenied');
});
