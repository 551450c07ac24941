import * as z from 'zod';
import { defaultUnpackLimits, type UnpackLimits } from './limits.ts';

const count = (least: number, most: number) => z.int().min(least).max(most);
const defaults = defaultUnpackLimits;

/** Passwords are arguments of 7-Zip: a control character in one is a mistake. */
const password = z
  .string()
  .min(1)
  .max(100)
  .regex(/^\P{Cc}+$/u, 'must not have control characters');

/** The section `unpack` of `rearview.yaml`, and the setting of a stack. Every key is optional. */
export const unpackSchema = z.strictObject({
  /** False: members are not scanned. */
  enabled: z.boolean().default(true),
  maxDepth: count(1, 32).default(defaults.maxDepth),
  maxMembers: count(1, 1_000_000).default(defaults.maxMembers),
  maxMemberBytes: count(1, 1024 ** 3).default(defaults.maxMemberBytes),
  maxBytes: count(1, 2 ** 40).default(defaults.maxBytes),
  maxRatio: count(1, 1_000_000).default(defaults.maxRatio),
  maxMs: count(100, 3_600_000).default(defaults.maxMs),
  passwords: z
    .array(password, 'must be a list of texts')
    .max(20, 'must list 20 at most')
    .default([...defaults.passwords]),
});

export type UnpackConfig = z.infer<typeof unpackSchema>;

/** Null if members are not scanned. */
export function unpackLimitsOf({ enabled, ...limits }: UnpackConfig): UnpackLimits | null {
  return enabled ? limits : null;
}
