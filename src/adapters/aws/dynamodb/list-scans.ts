import pMap from 'p-map';
import * as z from 'zod';
import { finalStates, type Scan } from '../../../domain/scans/scan.ts';
import type { ScanStore } from '../../../ports/scan-store.ts';
import { mergeStreams } from './merge-streams.ts';
import { activeScans, everyScan, type StoredScan } from './scan-items.ts';
import type { Table } from './table.ts';

const scansAtOnce = 8;
const idRow = z.object({ id: z.string() });

/** Lists newest first. If only unfinished scans are requested, the others are not read. */
export async function listScans(
  table: Table,
  find: (scanId: string) => Promise<StoredScan | null>,
  { kind, states, limit }: Parameters<ScanStore['list']>[0],
): Promise<readonly Scan[]> {
  const kinds = kind === undefined ? (['live', 'retro', 'preview'] as const) : [kind];
  const isActive = states !== undefined && !states.some((state) => finalStates.includes(state));
  const found: Scan[] = [];
  let page: string[] = [];
  const take = async () => {
    const scans = await pMap(page, find, { concurrency: scansAtOnce });
    page = [];
    for (const each of scans) {
      if (each !== null && (states === undefined || states.includes(each.scan.state))) found.push(each.scan);
    }
  };
  if (states?.length === 0) return [];
  for await (const id of idsOf(table, kinds.map(isActive ? activeScans : everyScan))) {
    page.push(id);
    if (page.length >= Math.min(scansAtOnce, limit - found.length)) await take();
    if (found.length >= limit) break;
  }
  await take();
  return found.slice(0, limit);
}

async function* idsOf(table: Table, partitions: readonly string[]): AsyncGenerator<string> {
  const streams = partitions.map((partition) =>
    table.query({
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': partition },
      ScanIndexForward: false,
      ConsistentRead: true,
    }),
  );
  for await (const item of mergeStreams(streams, (a, b) => String(a['sk']) > String(b['sk']))) {
    yield idRow.parse(item).id;
  }
}
