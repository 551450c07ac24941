import { readFile } from 'node:fs/promises';
import test from 'ava';
import { readStackFile, withoutNamespace } from '../testing/stack-file.ts';
import { readConfig } from './read-config.ts';
import { configSchema } from './schema.ts';

const file = new URL('../../Pulumi.prod.yaml', import.meta.url);
const text = await readFile(file, 'utf8');
/** Uncomments every line that is a commented key: options that an operator may want. */
const uncommented = text.replaceAll(/^( *)# (?=( *- |[\w:]+: |[\w:]+:$| +\w+: ))/gm, '$1');

test('the example is a valid configuration that leaves everything to defaults', (t) => {
  const config = readConfig(withoutNamespace(readStackFile(text), 'rearview'), 'Pulumi.prod.yaml');
  t.like(config, { ...configSchema.parse({}), subscriptions: config.subscriptions });
  t.deepEqual(
    config.subscriptions.map(({ topic }) => topic),
    ['operations', 'alerts'],
  );
});

test('it is also valid with all commented keys', (t) => {
  const all = readStackFile(uncommented);
  t.is(all['aws:allowedAccountIds'], '["111122223333"]');
  const config = readConfig(withoutNamespace(all, 'rearview'), 'Pulumi.prod.yaml');
  t.like(config, {
    existingBuckets: [{ name: 'some-bucket', prefix: 'mail/' }],
    collectors: { principals: ['arn:aws:iam::111122223333:role/collector'] },
    github: { repository: 'example/rules' },
    reserveForFinisher: false,
    live: { maxConcurrency: 4 },
    retro: { maxConcurrency: 2 },
  });
  t.deepEqual(config.subscriptions[1]?.filter.severity, ['high', 'critical']);
});

test('it has keys of the provider and of the program, including the region', (t) => {
  for (const key of Object.keys(readStackFile(uncommented))) t.regex(key, /^(aws|rearview):/);
  t.is(readStackFile(text)['aws:region'], 'us-east-1');
});
