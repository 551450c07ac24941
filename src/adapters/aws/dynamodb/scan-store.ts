import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import { z } from 'zod';
import { RearviewError } from '../../../domain/errors.ts';
import { countEntries } from '../../../domain/outcome.ts';
import { finalStates, type Scan, type ScanState } from '../../../domain/scan.ts';
import type { ScanStore } from '../../../ports/scan-store.ts';
import { batchKey, distinctEntries, plannedBatchItem, reportActions, retroBatchOf } from './batch-items.ts';
import { holds, translated } from './errors.ts';
import { ledgerPage } from './ledger-page.ts';
import { mergeStreams } from './merge-streams.ts';
import {
  activeKeyOf,
  activeScans,
  countAction,
  everyScan,
  inTime,
  type StoredScan,
  scanAndCounts,
  scanItem,
  scanKey,
  scanOf,
  scanPartition,
  unsentKey,
} from './scan-items.ts';
import { writeReports } from './scan-reports.ts';
import { type Item, maxActions, type Table, type Transaction, untilWritten } from './table.ts';

const scansAtOnce = 8;
const fenceRow = z.object({ leaseFence: z.number() });
const idRow = z.object({ id: z.string() });
const isFinal = (state: ScanState) => finalStates.includes(state);

/** Scans, batches and ledgers in DynamoDB. */
export function createDynamoScanStore(table: Table): ScanStore {
  /** By id. A scan keeps its kind, and is never removed. */
  const kinds = new Map<string, Scan['kind']>();

  async function find(scanId: string): Promise<StoredScan | null> {
    const items = table.query({
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':pk': scanPartition(scanId), ':from': scanAndCounts.from, ':to': scanAndCounts.to },
      ConsistentRead: true,
    });
    const all: Item[] = [];
    for await (const item of items) all.push(item);
    const found = scanOf(all);
    if (found !== null) kinds.set(scanId, found.scan.kind);
    return found;
  }

  async function need(scanId: string): Promise<StoredScan> {
    const found = await find(scanId);
    if (found === null) throw new RearviewError('ERR_NOT_FOUND', `There is no scan ${scanId}.`);
    return found;
  }

  const update = (scanId: string, input: Omit<UpdateCommandInput, 'TableName' | 'Key'>) =>
    translated(table.name, () =>
      table.client.send(new UpdateCommand({ TableName: table.name, Key: { ...scanKey(scanId) }, ...input })),
    );

  /** Newest first. */
  async function* idsOf(kinds: readonly Scan['kind'][], partition: (kind: Scan['kind']) => string) {
    const streams = kinds.map((kind) =>
      table.query({
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': partition(kind) },
        ScanIndexForward: false,
        ConsistentRead: true,
      }),
    );
    for await (const item of mergeStreams(streams, (a, b) => String(a['sk']) > String(b['sk']))) {
      yield idRow.parse(item).id;
    }
  }

  /** Moves a scan to a final state, and frees what only an active scan has. */
  function end(stored: StoredScan, move: { readonly condition: string; readonly values: Record<string, unknown> }) {
    const { scan, activeKey } = stored;
    return table.write([
      {
        update: scanKey(scan.id),
        expression: 'SET #state = :to, finishedAt = :at, #error = :error',
        condition: move.condition,
        names: { '#state': 'state', '#error': 'error' },
        values: move.values,
      },
      { remove: { pk: activeScans(scan.kind), sk: inTime(scan) } },
      {
        remove: activeKeyOf(activeKey),
        condition: 'attribute_not_exists(pk) OR id = :id',
        values: { ':id': scan.id },
      },
    ]);
  }

  return {
    create: (scan, activeKey) =>
      untilWritten<{ scan: Scan; created: boolean }>(table.name, async () => {
        const [same, holder] = await Promise.all([find(scan.id), table.get(activeKeyOf(activeKey))]);
        if (same !== null) return { done: { scan: same.scan, created: false } };
        const active = holder === null ? null : await find(idRow.parse(holder).id);
        if (active !== null && !isFinal(active.scan.state)) return { done: { scan: active.scan, created: false } };
        const inIndex = { sk: inTime(scan), id: scan.id };
        const absent = 'attribute_not_exists(pk)';
        const written = await table.write([
          { put: scanItem(scan, activeKey), condition: absent },
          { put: { pk: everyScan(scan.kind), ...inIndex } },
          { put: { pk: activeScans(scan.kind), ...inIndex } },
          { put: { ...activeKeyOf(activeKey), id: scan.id }, condition: absent },
        ]);
        return written ? { done: { scan, created: true } } : undefined;
      }),
    get: async (scanId) => (await find(scanId))?.scan ?? null,
    async list({ kind, states, limit }) {
      const kinds = kind === undefined ? (['live', 'retro'] as const) : [kind];
      const isActive = states !== undefined && !states.some(isFinal);
      const found: Scan[] = [];
      let page: string[] = [];
      const take = async () => {
        const scans = await pMap(page, (id) => find(id), { concurrency: scansAtOnce });
        page = [];
        for (const each of scans) {
          if (each !== null && (states === undefined || states.includes(each.scan.state))) found.push(each.scan);
        }
      };
      if (states?.length === 0) return [];
      for await (const id of idsOf(kinds, isActive ? activeScans : everyScan)) {
        page.push(id);
        if (page.length >= Math.min(scansAtOnce, limit - found.length)) await take();
        if (found.length >= limit) break;
      }
      await take();
      return found.slice(0, limit);
    },
    async setState(scanId, from, to, { at, error = null }) {
      const stored = await find(scanId);
      if (stored === null || from.length === 0) return false;
      const condition = `#state IN (${from.map((_, index) => `:from${index}`).join(', ')})`;
      const values = {
        ':to': to,
        ':at': isFinal(to) ? at : null,
        ':error': error,
        ...Object.fromEntries(from.map((state, index) => [`:from${index}`, state])),
      };
      if (!isFinal(to)) {
        return holds(() =>
          update(scanId, {
            UpdateExpression: 'SET #state = :to, finishedAt = :at, #error = :error',
            ConditionExpression: condition,
            ExpressionAttributeNames: { '#state': 'state', '#error': 'error' },
            ExpressionAttributeValues: values,
          }),
        );
      }
      return untilWritten(table.name, async () => {
        if (await end(stored, { condition, values })) return { done: true };
        const now = await find(scanId);
        return now === null || !from.includes(now.scan.state) ? { done: false } : undefined;
      });
    },

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
    releaseLease: async ({ scanId, fence }) =>
      void (await holds(() =>
        update(scanId, {
          UpdateExpression: 'REMOVE leaseOwner, leaseExpires',
          ConditionExpression: 'leaseFence = :fence',
          ExpressionAttributeValues: { ':fence': fence },
        }),
      )),
    async checkpoint({ scanId, fence }, step, { nowMs, ttlMs }) {
      const planned: Transaction['actions'][number][] = [];
      for (const batch of step.batches) {
        planned.push({ put: await plannedBatchItem(batch), condition: 'attribute_not_exists(pk)' });
        planned.push({ put: { ...unsentKey(scanId, batch.batchId), id: batch.batchId } });
      }
      if (step.settled !== null) {
        const { batchId } = step.settled;
        const entries = distinctEntries(step.settled.entries);
        planned.push(...(await reportActions(scanId, batchId, entries, null)));
        planned.push(countAction(scanId, { counts: countEntries(entries), reported: 1 }));
      }
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
        ...planned,
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
            `Another batcher took over scan ${scanId} (lease ${leaseFence}, ours ${fence}).`,
          );
        }
        if (now.scan.state !== 'running') {
          throw new RearviewError('ERR_STATE', `Scan ${scanId} is ${now.scan.state}.`);
        }
        return undefined;
      });
    },

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
          // A batch that reports meanwhile has nothing to be sent.
          {
            update: batchKey(scanId, batchId),
            expression: 'SET returned = :yes',
            condition: 'revision = :none',
            values: { ':none': 0, ':yes': true },
          },
        ]);
        return written ? { done: undefined } : undefined;
      }),
    async getBatch(scanId, batchId) {
      const item = await table.get(batchKey(scanId, batchId));
      return item === null ? null : retroBatchOf(item, scanId, batchId);
    },
    async report(scanId, reports) {
      const kind = kinds.get(scanId) ?? (await need(scanId)).scan.kind;
      await writeReports(table, { id: scanId, kind }, reports);
    },
    async completeIfDone(scanId, { at }) {
      const stored = await find(scanId);
      if (stored === null) return false;
      const { kind, state, listingDone, batches } = stored.scan;
      if (kind !== 'retro' || state !== 'running' || !listingDone || batches.reported < batches.planned) return false;
      return untilWritten(table.name, async () => {
        // Both numbers only grow, and after the listing only one does: what was read to be equal stays so.
        const condition = '#state = :running AND listingDone = :yes AND planned = :planned';
        const values = {
          ...{ ':to': 'completed', ':at': at, ':error': null },
          ...{ ':running': 'running', ':yes': true, ':planned': batches.planned },
        };
        if (await end(stored, { condition, values })) return { done: true };
        return (await find(scanId))?.scan.state === 'running' ? undefined : { done: false };
      });
    },
    ledger: (scanId, options) => ledgerPage(table, scanId, options),
  };
}
