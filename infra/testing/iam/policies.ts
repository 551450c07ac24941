import * as z from 'zod';

const texts = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html */
const statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.unknown().optional(),
  Action: texts,
  Resource: texts,
  Condition: z.record(z.string(), z.record(z.string(), z.union([z.string(), z.array(z.string())]))).optional(),
});

const policySchema = z.strictObject({
  Version: z.literal('2012-10-17'),
  Id: z.string().optional(),
  Statement: z.array(statement),
});

export type PolicyStatement = z.output<typeof statement>;
export type Policy = z.output<typeof policySchema>;

/** Policies that affect what the roles of a stack may do. */
export interface StackPolicies {
  /** Policies of roles, by the ARN of the role: its own and attached ones. */
  readonly identity: ReadonlyMap<string, readonly Policy[]>;
  /** Policies of buckets, queues, topics and keys, by their ARN. */
  readonly resource: ReadonlyMap<string, Policy>;
}

/**
 * Parses a policy of the program: text, or an object.
 * @throws Error for another form: `NotAction`, `NotResource` and the like are refused, since their
 *   effect is hard to see
 */
export function parsePolicy(given: unknown): Policy {
  return policySchema.parse(typeof given === 'string' ? JSON.parse(given) : given);
}
