import { createHash } from 'node:crypto';
import type { Verdict } from '../scans/verdict.ts';
import type { Alert } from './alert.ts';

export const cleanSchema = 'rearview.clean/1';

/** The notification for a file without matches. Schema: docs/reference/alerts.md. */
export interface CleanNotice {
  readonly schema: typeof cleanSchema;
  /**
   * Equal for every notice about the same object version. Consumers use it to drop repetitions.
   * Lower-case hex.
   */
  readonly id: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly file: Alert['file'];
  readonly object: Alert['object'];
  readonly scan: Alert['scan'];
  readonly ruleset: Alert['ruleset'];
}

/** Returns the notice for a verdict; null if it is not `clean`. */
export function cleanNotice({ status, object, file, scan, ruleset, at }: Verdict): CleanNotice | null {
  if (status !== 'clean' || file === null) return null;
  const { bucket, key, version, arrivedAt } = object;
  const identity = JSON.stringify([cleanSchema, file.sha256, bucket, key, version]);
  return {
    schema: cleanSchema,
    id: createHash('sha256').update(identity).digest('hex').slice(0, 32),
    ...{ at, file, object: { bucket, key, version, arrivedAt } },
    scan: { id: scan.id, kind: scan.kind },
    ruleset: { id: ruleset.id },
  };
}
