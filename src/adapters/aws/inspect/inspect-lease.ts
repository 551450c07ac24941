import * as z from 'zod';
import { scanKey } from '../dynamodb/scan-items.ts';
import type { Table } from '../dynamodb/table.ts';

const leaseRow = z.object({ leaseExpires: z.number() });

/**
 * Returns when the batcher's lease on the scan ends, in milliseconds since 1970; null if there was
 * none, or it was released.
 * @throws RearviewError as the table
 */
export async function inspectLease(table: Table, scanId: string): Promise<number | null> {
  const parsed = leaseRow.safeParse(await table.get(scanKey(scanId)));
  return parsed.success ? parsed.data.leaseExpires : null;
}
