import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { RearviewError } from '../../../domain/errors.ts';
import { addCounts, countEntries, type LedgerCounts, noCounts } from '../../../domain/scans/outcome.ts';
import type { Checkpoint, ScanStore } from '../../../ports/scan-store.ts';
import { distinctEntries, plannedBatchItem, reportActions } from './batch-items.ts';
import { holds } from './errors.ts';
import { exclusionActions } from './exclusion-items.ts';
import { countAction, type StoredScan, scanKey, unsentKey } from './scan-items.ts';
import { maxActions, type Table, type Transaction, untilWritten } from './table.ts';
import type { ScanUpdate } from './update-scan.ts';

const fenceRow = z.object({ leaseFence: z.number() });

/** The lease to plan a scan, and the writes it permits. */
export function createScanLeases(
  table: Table,
  update: ScanUpdate,
  need: (scanId: string) => Promise<StoredScan>,
): Pick<ScanStore, 'acquireLease' | 'renewLease' | 'releaseLease' | 'checkpoint'> {
  return {
    async acquireLease(scanId, owner, { nowMs, ttlMs }) {
      try {
        const { Attributes: fields } = await update(scanId, {
          UpdateExpression: 'SET leaseOwner = :owner, leaseExpires = :expires ADD leaseFence :one',
          ConditionExpression:
            'attribute_exists(pk) AND (attribute_not_exists(leaseOwner) OR leaseOwner = :owner OR leaseExpires <= :now)',
          ExpressionAttributeValues: { ':owner': owner, ':expires': nowMs + ttlMs, ':now': nowMs, ':one': 1 },
          ReturnValues: 'UPDATED_NEW',
        });
        return { scanId, owner, fence: fenceRow.parse(fields).leaseFence };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        await need(scanId);
        return null;
      }
    },
    renewLease: async ({ scanId, fence }, { nowMs, ttlMs }) =>
      void (await holds(() =>
        update(scanId, {
          UpdateExpression: 'SET leaseExpires = :expires',
          ConditionExpression: 'leaseFence = :fence AND attribute_exists(leaseOwner)',
          ExpressionAttributeValues: { ':fence': fence, ':expires': nowMs + ttlMs },
        }),
      )),
    releaseLease: async ({ scanId, fence }) =>
      void (await holds(() =>
        update(scanId, {
          UpdateExpression: 'REMOVE leaseOwner, leaseExpires',
          ConditionExpression: 'leaseFence = :fence',
          ExpressionAttributeValues: { ':fence': fence },
        }),
      )),
    async checkpoint({ scanId, fence }, step, { nowMs, ttlMs }) {
      const actions: Transaction['actions'] = [
        {
          update: scanKey(scanId),
          expression:
            'SET #cursor = :cursor, listingDone = :done, leaseExpires = :expires ADD listedObjects :objects, listedBytes :bytes, planned :planned',
          condition: 'leaseFence = :fence AND #state = :running',
          names: { '#cursor': 'cursor', '#state': 'state' },
          values: {
            ':cursor': step.cursor,
            ':done': step.listingDone,
            ':expires': nowMs + ttlMs,
            ':objects': step.listed.objects,
            ':bytes': step.listed.bytes,
            ':planned': step.batches.length + (step.settled === null ? 0 : 1),
            ':fence': fence,
            ':running': 'running',
          },
        },
        ...(await stepActions(scanId, step)),
      ];
      if (actions.length > maxActions) {
        throw new RearviewError('ERR_CONFIG', `A step of ${actions.length} writes is more than ${maxActions}.`);
      }
      await untilWritten(table.name, async () => {
        if (await table.write(actions)) return { done: undefined };
        const item = await table.get(scanKey(scanId));
        const now = await need(scanId);
        const { leaseFence } = fenceRow.parse(item);
        if (leaseFence !== fence) {
          throw new RearviewError(
            'ERR_LEASE_LOST',
            `Another batcher took over scan ${scanId} (its lease is ${leaseFence}, this one ${fence}).`,
          );
        }
        if (now.scan.state !== 'running') {
          throw new RearviewError('ERR_STATE', `Scan ${scanId} is ${now.scan.state}.`);
        }
        return undefined;
      });
    },
  };
}

/** All writes of a step except that of the scan itself. */
async function stepActions(scanId: string, step: Checkpoint): Promise<Transaction['actions']> {
  const actions: Transaction['actions'][number][] = [];
  for (const batch of step.batches) {
    actions.push({ put: await plannedBatchItem(batch), condition: 'attribute_not_exists(pk)' });
    actions.push({ put: { ...unsentKey(scanId, batch.batchId), id: batch.batchId } });
  }
  let counts: LedgerCounts = noCounts;
  if (step.excluded !== undefined) {
    const { exclusions, objects, bytes } = step.excluded;
    actions.push(...(await exclusionActions(scanId, exclusions)));
    counts = { ...noCounts, objects, bytes, excluded: objects };
  }
  if (step.settled !== null) {
    const { batchId } = step.settled;
    const entries = distinctEntries(step.settled.entries);
    actions.push(...(await reportActions(scanId, batchId, entries, null)));
    counts = addCounts(counts, countEntries(entries));
  }
  if (counts.objects > 0 || step.settled !== null) {
    actions.push(countAction(scanId, { counts, reported: step.settled === null ? 0 : 1 }));
  }
  return actions;
}
