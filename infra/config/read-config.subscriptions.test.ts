import test from 'ava';
import { readConfig } from './read-config.ts';

const mail = { protocol: 'email', endpoint: 'soc@rearview.test' };
const queue = { protocol: 'sqs', endpoint: 'arn:aws:sqs:eu-central-1:111122223333:alerts' };
const invoked = { protocol: 'lambda', endpoint: 'arn:aws:lambda:eu-central-1:111122223333:function:triage:live' };

function reading(...subscriptions: readonly object[]) {
  return () => readConfig({ subscriptions: JSON.stringify(subscriptions) }, 'Pulumi.prod.yaml');
}

test('subscriptions by email, HTTPS, queue and function are accepted, raw if SNS supports that', (t) => {
  const https = { protocol: 'https', endpoint: 'https://soc.rearview.test/alerts', raw: true };
  const { subscriptions } = reading(mail, { ...queue, raw: true }, https, invoked)();
  t.deepEqual(
    subscriptions.map(({ topic, raw }) => [topic, raw]),
    [
      ['alerts', false],
      ['alerts', true],
      ['alerts', true],
      ['alerts', false],
    ],
  );
});

for (const [why, subscription, message] of [
  ['raw mail', { ...mail, raw: true }, /subscriptions\[0\]\.raw: SNS does not support raw delivery by email/],
  ['raw delivery to a function', { ...invoked, raw: true }, /subscriptions\[0\]\.raw: .* by lambda/],
  ['a FIFO queue', { ...queue, endpoint: `${queue.endpoint}.fifo` }, /subscriptions\[0\]\.endpoint: .*FIFO/],
  [
    'the address of an example',
    { ...mail, endpoint: 'security@example.com' },
    /endpoint: .* is an example: replace it/,
  ],
  [
    'a host of an example',
    { protocol: 'https', endpoint: 'https://a.example.org:8443/x' },
    /endpoint: .* is an example/,
  ],
  ['plain HTTP', { protocol: 'https', endpoint: 'http://soc.rearview.test' }, /endpoint: .* does not fit https/],
  ['a function by name', { protocol: 'lambda', endpoint: 'triage' }, /endpoint: "triage" does not fit lambda/],
  ['notices of clean files where there are none', { ...mail, topic: 'clean' }, /topic: does not exist/],
  [
    'a filter of what has nothing to filter by',
    { ...mail, topic: 'operations', filter: { severity: ['high'] } },
    /filter: only alerts/,
  ],
  [
    'more combinations of values than SNS takes',
    { ...mail, filter: { tag: ['a', 'b', 'c'], rule: Array.from({ length: 51 }, (_, index) => `R${index}`) } },
    /subscriptions\[0\]\.filter: has 153 combinations of values, and SNS accepts 150/,
  ],
] as const) {
  test(`refused, naming the key: ${why}`, (t) => {
    t.throws(reading(subscription), { message });
  });
}

test('an address that only looks like an example is accepted', (t) => {
  t.notThrows(reading({ ...mail, endpoint: 'example.com@corp.test' }, { ...mail, endpoint: 'a@myexample.com' }));
});

test('the maximum number of value combinations in SNS is accepted', (t) => {
  const rule = Array.from({ length: 50 }, (_, index) => `R${index}`);
  t.notThrows(reading({ ...mail, filter: { tag: ['a', 'b', 'c'], rule } }));
});

test('a repeated subscription is refused: SNS would keep only one of them', (t) => {
  const narrow = { ...mail, filter: { severity: ['high'] } };
  t.throws(reading(mail, queue, narrow), { message: /subscriptions\[2\]\.endpoint: .* is subscribed to alerts twice/ });
  t.notThrows(reading(mail, { ...mail, topic: 'operations' }));
});
