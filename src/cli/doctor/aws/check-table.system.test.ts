import { BillingMode, CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { tables } from '../../../adapters/aws/dynamodb/tables.ts';
import { makeTable } from '../../../testing/aws/dynamodb-emulator.ts';
import { startSoundAws } from '../../../testing/aws/sound-aws.ts';
import { testWithDynamo } from '../../../testing/test-unless.ts';

testWithDynamo(
  'a table with other keys, another type of key or without an index fails and reports which',
  async (t) => {
    const { check, target } = await startSoundAws(t);
    const { dynamo } = target.clients;
    await makeTable(dynamo, { name: 'x', indexes: tables.matches.indexes.slice(1) }, 'short');
    const [time, rule, scan] = tables.matches.indexes;
    if (time === undefined || rule === undefined || scan === undefined) throw new Error('matches has three indexes');
    await makeTable(dynamo, { name: 'x', indexes: [{ ...time, sortKey: 'other' }, rule, scan] }, 'other');
    const [missing] = (await check({ matchesTable: 'short' })).filter((each) => each.check === 'table matches');
    t.like(missing, { status: 'fail' });
    t.regex(missing?.detail ?? '', /^short: it lacks the index by-time \(timeKey, timeAt\)\./);
    const [wrong] = (await check({ matchesTable: 'other' })).filter((each) => each.check === 'table matches');
    t.regex(wrong?.detail ?? '', /^other: the key of its index by-time is \(timeKey, other\), not \(timeKey, timeAt\)/);
    await dynamo.send(
      new CreateTableCommand({
        ...{ TableName: 'numbers', BillingMode: BillingMode.PAY_PER_REQUEST },
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'N' },
        ],
      }),
    );
    const [numbers] = (await check({ objectsTable: 'numbers' })).filter((each) => each.check === 'table objects');
    t.regex(numbers?.detail ?? '', /^numbers: sk in its key is of type N, not S\./);
  },
);
