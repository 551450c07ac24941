import * as z from 'zod';
import type { TokenClaims } from './runner.ts';

const values = z.record(
  z.string(),
  z.union([z.string(), z.array(z.string())]).transform((each) => (typeof each === 'string' ? [each] : each)),
);
const trustSchema = z.object({
  Statement: z.tuple([
    z.looseObject({
      Action: z.literal('sts:AssumeRoleWithWebIdentity'),
      // No other operator is supported here.
      Condition: z.strictObject({ StringEquals: values.default({}), StringLike: values.default({}) }),
    }),
  ]),
});

/** Returns whether a role can be assumed with a token. */
export type RoleTrust = (claims: TokenClaims) => boolean;

/** Reads the trust policy of a role, as STS does; undefined if it does not trust GitHub. */
export function readRoleTrust(assumeRolePolicy: string): RoleTrust | undefined {
  const parsed = trustSchema.safeParse(JSON.parse(assumeRolePolicy));
  if (!parsed.success) return undefined;
  const { StringEquals, StringLike } = parsed.data.Statement[0].Condition;
  return (claims) => {
    const given = new Map(
      Object.entries(claims).map(([name, value]) => [`token.actions.githubusercontent.com:${name}`, value]),
    );
    const all = (conditions: z.output<typeof values>, holds: (required: string, value: string) => boolean) =>
      Object.entries(conditions).every(([key, required]) => {
        const value = given.get(key);
        return value !== undefined && required.some((each) => holds(each, value));
      });
    return all(StringEquals, (required, value) => required === value) && all(StringLike, isLike);
  };
}

/**
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String
 */
function isLike(pattern: string, value: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(value);
}
