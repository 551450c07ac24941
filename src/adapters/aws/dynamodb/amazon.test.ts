import { matchStoreContract } from '../../../ports/match-store.contract.ts';
import { pointerStoreContract } from '../../../ports/pointer-store.contract.ts';
import { recordStoreContract } from '../../../ports/record-store.contract.ts';
import { scanStoreContract } from '../../../ports/scan-store.contract.ts';
import { dynamoTest } from '../../../testing/aws/dynamodb-test.ts';
import { createDynamoMatchStore } from './match-store.ts';
import { createDynamoPointerStore } from './pointer-store.ts';
import { createDynamoRecordStore } from './record-store.ts';
import { createDynamoScanStore } from './scan-store.ts';
import { matchesTable, objectsTable, scansTable } from './tables.ts';

// The contracts of all stores, on the local DynamoDB that Amazon provides for tests.
const { test, makeTable } = dynamoTest('amazon');

recordStoreContract(test, async (t) => createDynamoRecordStore(await makeTable(t, objectsTable)));
pointerStoreContract(test, async (t) => createDynamoPointerStore(await makeTable(t, scansTable)));
scanStoreContract(test, async (t) => createDynamoScanStore(await makeTable(t, scansTable)), {
  runs: 5,
  ledgerByObject: false,
});
matchStoreContract(test, async (t) => createDynamoMatchStore(await makeTable(t, matchesTable)));
