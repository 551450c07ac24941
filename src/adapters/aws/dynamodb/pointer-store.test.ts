import { pointerStoreContract } from '../../../ports/pointer-store.contract.ts';
import { dynamoTest } from '../../../testing/aws/dynamodb-test.ts';
import { createDynamoPointerStore } from './pointer-store.ts';
import { scansTable } from './tables.ts';

const { test, makeTable } = dynamoTest();

pointerStoreContract(test, async (t) => createDynamoPointerStore(await makeTable(t, scansTable)));
