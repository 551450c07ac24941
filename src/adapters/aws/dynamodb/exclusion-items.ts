import { RearviewError } from '../../../domain/errors.ts';
import type { Exclusion } from '../../../domain/scans/exclusion.ts';
import type { ScanStore } from '../../../ports/scan-store.ts';
import { exclusionSchema } from '../../stored/exclusion.ts';
import { packJson, unpackJson } from './pack-json.ts';
import type { Item, ItemKey, Table, Transaction } from './table.ts';

/** Maximum size of an exclusion in bytes; the limit of an item is 400 KB. */
const maxBlobBytes = 380_000;

const exclusionKey = (scanId: string, segment: string): ItemKey => ({ pk: `excluded#${scanId}`, sk: segment });
/** Lists the scans that excluded objects by a segment. */
const bySegmentKey = (segment: string, scanId: string): ItemKey => ({ pk: `segment#${segment}`, sk: scanId });

/** Returns the actions of a transaction that replaces the exclusions of a scan by some segments. */
export async function exclusionActions(
  scanId: string,
  exclusions: readonly Exclusion[],
): Promise<Transaction['actions']> {
  const actions: Transaction['actions'][number][] = [];
  for (const each of exclusions) {
    const { name } = each.segment;
    const exclusion = await packJson(each);
    if (exclusion.length > maxBlobBytes) {
      throw new RearviewError('ERR_CONFIG', `The exclusions by segment ${name} have ${exclusion.length} bytes.`);
    }
    actions.push({ put: { ...exclusionKey(scanId, name), exclusion } }, { put: { ...bySegmentKey(name, scanId) } });
  }
  return actions;
}

/** Reads what the index excluded. */
export function createExclusionReads(table: Table): Pick<ScanStore, 'exclusions' | 'exclusionsBy' | 'hasExclusionsBy'> {
  const itemsOf = async (pk: string): Promise<readonly Item[]> => {
    const items: Item[] = [];
    const query = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk } };
    for await (const item of table.query({ ...query, ConsistentRead: true })) items.push(item);
    return items;
  };
  return {
    exclusions: async (scanId) => (await itemsOf(exclusionKey(scanId, '').pk)).map(exclusionOf),
    async exclusionsBy(segment) {
      const scanIds = (await itemsOf(bySegmentKey(segment, '').pk)).map(({ sk }) => String(sk));
      const found: { scanId: string; exclusion: Exclusion }[] = [];
      for (const scanId of scanIds) {
        const item = await table.get(exclusionKey(scanId, segment));
        if (item !== null) found.push({ scanId, exclusion: exclusionOf(item) });
      }
      return found;
    },
    async hasExclusionsBy(segment) {
      const query = {
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': bySegmentKey(segment, '').pk },
        ...{ ProjectionExpression: 'sk', Limit: 1, ConsistentRead: true },
      };
      for await (const _ of table.query(query)) return true;
      return false;
    },
  };
}

function exclusionOf(item: Item): Exclusion {
  return exclusionSchema.parse(unpackJson(item['exclusion']));
}
