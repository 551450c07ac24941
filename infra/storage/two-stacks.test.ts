import test from 'ava';
import { Arrivals } from '../queues/arrivals.ts';
import { WorkQueues } from '../queues/work-queues.ts';
import { contextFor } from '../testing/context-for-tests.ts';
import { type RecordedResource, recordProgram } from '../testing/record-program.ts';
import { Storage } from './storage.ts';

const config = {
  existingBuckets: [{ name: 'mine' }, { name: 'theirs', account: '444455556666' }],
  quarantine: { severities: ['critical'] },
};
const record = (stack: string) =>
  recordProgram(async () => {
    const context = contextFor(stack, config);
    const storage = new Storage(context);
    const queues = new WorkQueues(context, { stateKeyArn: storage.stateKeyArn });
    new Arrivals(context, { storage, queues });
  });

/** The name of the resource in AWS. Parts of a bucket or queue are identified by it. */
function physicalName({ type, inputs }: RecordedResource): string | null {
  if (type.startsWith('rearview:') || type === 'aws:s3/inventory:Inventory') return null;
  const name = inputs['name'] ?? (type === 'aws:s3/bucket:Bucket' ? inputs['bucket'] : undefined);
  return name === undefined ? null : `${type} ${name}`;
}

test.serial('two stacks in one account and region share only what they do not own', async (t) => {
  const [prod, other] = [await record('prod'), await record('test')];
  const namesOf = (resources: readonly RecordedResource[]) => resources.flatMap((each) => physicalName(each) ?? []);
  const [ofProd, ofOther] = [namesOf(prod.resources), namesOf(other.resources)];
  // Five buckets, two aliases, three tables, seven queues, two rules, one bus.
  t.is(ofProd.length, 20);
  t.deepEqual(
    ofProd.filter((name) => ofOther.includes(name)),
    [],
  );
  // Neither refers to a resource of the other.
  t.false(JSON.stringify(prod.resources).includes('rearview-test'));
  t.false(JSON.stringify(other.resources).includes('rearview-prod'));
});

test.serial('names in AWS', async (t) => {
  const { resources } = await record('prod');
  const names = resources.flatMap((each) => physicalName(each) ?? []).map((each) => each.replace(/^aws:[^:]+:/, ''));
  const place = '111122223333-eu-central-1';
  t.deepEqual(names.sort(), [
    ...['data', 'rulesets'].map((part) => `Alias alias/rearview-prod-${part}`),
    ...['artifacts', 'corpus', 'inventories', 'logs', 'quarantine'].map(
      (part) => `Bucket rearview-prod-${part}-${place}`,
    ),
    'EventBus rearview-prod-arrivals',
    // The first digits of the SHA-256 of `mine` and of `theirs`.
    ...['3fd30542fe', '4c55a8552a'].map((part) => `EventRule rearview-prod-arrivals-${part}`),
    ...['failures', ...['live', 'preview', 'retro'].flatMap((part) => [part, `${part}-dead-letters`])].map(
      (part) => `Queue rearview-prod-${part}`,
    ),
    ...['matches', 'objects', 'scans'].map((part) => `Table rearview-prod-${part}`),
  ]);
});
