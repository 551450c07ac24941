import { recordStoreContract } from '../../../ports/record-store.contract.ts';
import type { ObjectRecord } from '../../../ports/record-store.ts';
import { dynamoTest } from '../../../testing/dynamodb-test.ts';
import { createDynamoRecordStore } from './record-store.ts';
import { objectsTable } from './tables.ts';

const { test, makeTable } = dynamoTest();

test('more rules than one item holds are all there for whoever reads them next', async (t) => {
  const table = await makeTable(t, objectsTable);
  const coverage = Array.from({ length: 9000 }, (_, index) => index.toString(16).padStart(64, '0'));
  const record: ObjectRecord = {
    ...{ bucket: 'b', key: 'k', version: '1', size: 1, sha256: null, scanId: 's', updatedAt: '2026', coverage },
    outcome: { status: 'scanned', matches: 0 },
  };
  await createDynamoRecordStore(table).putMany([record]);
  t.deepEqual(await createDynamoRecordStore(table).getMany([record]), [record]);
});

recordStoreContract(test, async (t) => createDynamoRecordStore(await makeTable(t, objectsTable)));
