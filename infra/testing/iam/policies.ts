import { z } from 'zod';

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

/** Policies that say what the roles of a stack may do. */
export interface StackPolicies {
  /** Of roles, by the ARN of the role: its own and those that are attached to it. */
  readonly identity: ReadonlyMap<string, readonly Policy[]>;
  /** Of buckets, queues, topics and keys, by their ARN. */
  readonly resource: ReadonlyMap<string, Policy>;
}

/**
 * A policy as the program gives it: text, or an object.
 * @throws Error for one of another form: `NotAction`, `NotResource` and the like are refused, since nobody can see at a glance what they allow
 */
export function parsePolicy(given: unknown): Policy {
  return policySchema.parse(typeof given === 'string' ? JSON.parse(given) : given);
}
