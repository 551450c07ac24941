import { scanStoreContract } from '../../../ports/scan-store.contract.ts';
import { dynamoTest } from '../../../testing/dynamodb-test.ts';
import { createDynamoScanStore } from './scan-store.ts';
import { scansTable } from './tables.ts';

const { test, makeTable } = dynamoTest();

scanStoreContract(test, async (t) => createDynamoScanStore(await makeTable(t, scansTable)), {
  runs: 25,
  ledgerByObject: false,
});
