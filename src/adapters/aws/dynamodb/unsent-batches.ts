import * as z from 'zod';
import type { ScanStore } from '../../../ports/scan-store.ts';
import { batchKey } from './batch-items.ts';
import { scanPartition, unsentKey } from './scan-items.ts';
import { maxActions, type Table, untilWritten } from './table.ts';

const idRow = z.object({ id: z.string() });

/** Unsent batches: keys next to their scan, so that they are read consistently. */
export function createUnsentBatches(table: Table): Pick<ScanStore, 'unsentBatches' | 'markSent' | 'markUnsent'> {
  return {
    async unsentBatches(scanId, { limit }) {
      const ids: string[] = [];
      const items = table.query({
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': scanPartition(scanId), ':prefix': unsentKey(scanId, '').sk },
        Limit: limit,
        ConsistentRead: true,
      });
      for await (const item of items) {
        ids.push(idRow.parse(item).id);
        if (ids.length >= limit) break;
      }
      return ids;
    },
    async markSent(scanId, batchIds) {
      for (let at = 0; at < batchIds.length; at += maxActions) {
        const some = batchIds.slice(at, at + maxActions).map((id) => ({ remove: unsentKey(scanId, id) }));
        await untilWritten(table.name, async () => ((await table.write(some)) ? { done: undefined } : undefined));
      }
    },
    markUnsent: (scanId, batchId) =>
      untilWritten(table.name, async () => {
        const item = await table.get(batchKey(scanId, batchId));
        if (item === null || item['counts'] !== null) return { done: undefined };
        const written = await table.write([
          { put: { ...unsentKey(scanId, batchId), id: batchId } },
          // A batch that reports meanwhile need not be sent.
          {
            update: batchKey(scanId, batchId),
            expression: 'SET returned = :yes',
            condition: 'revision = :none',
            values: { ':none': 0, ':yes': true },
          },
        ]);
        return written ? { done: undefined } : undefined;
      }),
  };
}
