import { recordStoreContract } from '../../../ports/record-store.contract.ts';
import { dynamoTest } from '../../../testing/dynamodb-test.ts';
import { createDynamoRecordStore } from './record-store.ts';
import { objectsTable } from './tables.ts';

const { test, makeTable } = dynamoTest();

recordStoreContract(test, async (t) => createDynamoRecordStore(await makeTable(t, objectsTable)));
