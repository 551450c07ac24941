import test from 'ava';
import { namesOf } from './names.ts';

const place = { prefix: 'rearview', account: '111122223333', region: 'eu-central-1' };

test('names contain the stack, and those of buckets also account and region', (t) => {
  const names = namesOf({ ...place, stack: 'prod' });
  t.is(names.of('live-analyzer'), 'rearview-prod-live-analyzer');
  t.is(names.bucket('corpus'), 'rearview-prod-corpus-111122223333-eu-central-1');
});

test('a name that AWS would refuse is refused before anything is created', (t) => {
  t.throws(() => namesOf({ ...place, stack: 'Prod_1' }), { message: /stack name "Prod_1"/ });
  const long = namesOf({ ...place, prefix: 'a-prefix-of-its-own', stack: 'a-rather-long-name' });
  t.throws(() => long.bucket('corpus'), { message: /has 71 characters, and AWS accepts 63/ });
});
