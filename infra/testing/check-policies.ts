import * as z from 'zod';
import { decideOnRequest } from './decide-on-request.ts';
import type { RecordedProgram } from './record-program.ts';
import { testAccount, testRegion } from './test-account.ts';

const oneOrMore = z.union([z.string().transform((text) => [text]), z.array(z.string()).min(1)]);
const policySchema = z.strictObject({
  Version: z.literal('2012-10-17'),
  Statement: z
    .array(
      z.strictObject({
        Sid: z.string().regex(/^[A-Za-z0-9]+$/),
        Effect: z.enum(['Allow', 'Deny']),
        Principal: z.union([z.literal('*'), z.partialRecord(z.enum(['AWS', 'Service']), oneOrMore)]).optional(),
        Action: oneOrMore,
        Resource: oneOrMore,
        Condition: z.record(z.string(), z.record(z.string(), oneOrMore)).optional(),
      }),
    )
    .min(1),
});

/** Each was verified. Consider a new wildcard before adding it here. */
const knownWildcards: ReadonlySet<string> = new Set([
  ...['s3:*', 'sqs:*', 'kms:*'],
  // From the pages of the services about permissions in KMS.
  ...['kms:GenerateDataKey*', 'kms:ReEncrypt*'],
]);

/**
 * Checks every policy of buckets, queues, keys and buses: its form, unique names of statements,
 * existing actions, and no permissions for everyone.
 *
 * @returns the number of policies
 * @throws Error that names the resource
 */
export async function checkPolicies(program: RecordedProgram<unknown>): Promise<number> {
  let count = 0;
  for (const { type, name, inputs } of program.resources) {
    if (typeof inputs['policy'] !== 'string') continue;
    count += 1;
    const what = `${type} ${name}`;
    const { Statement: statements } = policySchema.parse(JSON.parse(inputs['policy']));
    const sids = statements.map(({ Sid }) => Sid);
    if (new Set(sids).size !== sids.length) throw new Error(`${what} has a Sid twice: ${sids.join(', ')}.`);
    for (const { Sid, Effect, Principal, Action: actions, Resource: resources } of statements) {
      if (Effect === 'Allow' && Principal === '*') throw new Error(`${what} allows everyone ${Sid}.`);
      for (const action of actions) {
        if (knownWildcards.has(action)) continue;
        // Throws for an action that does not exist, or is of another kind of resource.
        await decideOnRequest(inputs['policy'], { action, resource: example(action, String(resources[0])) });
      }
    }
  }
  return count;
}

function example(action: string, resource: string): string {
  if (action.startsWith('kms:')) return `arn:aws:kms:${testRegion}:${testAccount}:key/any`;
  return resource.replaceAll('*', 'any');
}
