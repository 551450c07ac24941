import { readFile } from 'node:fs/promises';
import test from 'ava';
import { readStackFile, withoutNamespace } from '../testing/stack-file.ts';
import { readConfig } from './read-config.ts';
import { configSchema } from './schema.ts';
import { namespaceProblems, stackFileProblems } from './stack-file-problems.ts';

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
const text = await read('Pulumi.prod.yaml');
const [, samples = ''] = /```yaml\n(config:\n.*?)```/s.exec(await read('docs/how-to/deploy-on-aws.md')) ?? [];

test('the file of the stack has a region, and leaves everything to defaults', (t) => {
  const all = readStackFile(text);
  t.is(all['aws:region'], 'us-east-1');
  t.deepEqual(readConfig(withoutNamespace(all, 'rearview'), 'Pulumi.prod.yaml'), configSchema.parse({}));
});

test('no setting is in a comment: Pulumi writes lines above comments, and drops them', (t) => {
  t.notRegex(text, /#.*(rearview|aws):/);
});

test('the samples of the docs are valid where the addresses of their examples are replaced', (t) => {
  const edited = samples.replaceAll('example.com', 'corp.test');
  const all = readStackFile(edited);
  t.deepEqual([...stackFileProblems(edited), ...namespaceProblems(Object.keys(all))], []);
  t.is(all['aws:allowedAccountIds'], '["111122223333"]');
  const config = readConfig(withoutNamespace(all, 'rearview'), 'Pulumi.prod.yaml');
  t.like(config, {
    existingBuckets: [{ name: 'some-bucket', prefix: 'mail/' }],
    collectors: { principals: ['arn:aws:iam::111122223333:role/collector'] },
    github: { repository: 'example/rules' },
    reserveForFinisher: false,
    live: { maxConcurrency: 4 },
    retro: { maxConcurrency: 2 },
    monthlyBudgetDollars: 250,
  });
  t.deepEqual(
    config.subscriptions.map(({ topic }) => topic),
    ['operations', 'alerts'],
  );
});
