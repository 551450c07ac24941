import { z } from 'zod';
import { scanKey } from '../dynamodb/scan-items.ts';
import type { Table } from '../dynamodb/table.ts';

const leaseRow = z.object({ leaseExpires: z.number() });

/**
 * Until when a batcher has the right to plan the scan, in milliseconds since 1970; null where none has had it, or the last gave it back.
 * @throws RearviewError as the table
 */
export async function inspectLease(table: Table, scanId: string): Promise<number | null> {
  const parsed = leaseRow.safeParse(await table.get(scanKey(scanId)));
  return parsed.success ? parsed.data.leaseExpires : null;
}
