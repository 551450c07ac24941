import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asset } from '@pulumi/pulumi';
import test from 'ava';
import * as z from 'zod';
import { readAwsConfig } from '../src/targets/aws/aws-config.ts';
import { awsSettings } from '../src/targets/aws/aws-settings.ts';
import { stackParts } from '../src/targets/aws/prices/idle-usage.ts';
import { tempFolder } from '../src/testing/temp-folder.ts';
import { provision } from './program.ts';
import { type RecordedResource, type RecordOptions, recordProgram } from './testing/record-program.ts';
import { resolved } from './testing/resolved.ts';

/** All optional features. */
const full = {
  dashboard: true,
  existingBuckets: [
    { name: 'mail-archive', prefix: 'in/' },
    { name: 'partner-drop', account: '444455556666' },
  ],
  cleanNotices: true,
  tagObjects: true,
  quarantine: { severities: ['critical'] },
  subscriptions: [
    { protocol: 'email', endpoint: 'soc@rearview.test' },
    { protocol: 'https', endpoint: 'https://hooks.rearview.test/hook', filter: { severity: ['critical'] } },
    { topic: 'operations', protocol: 'email', endpoint: 'ops@rearview.test' },
  ],
  github: { repository: 'example/rules' },
  collectors: { principals: ['arn:aws:iam::111122223333:role/collector-host'] },
};
const record = (options: RecordOptions = {}) =>
  recordProgram(async () => resolved(await provision(new asset.AssetArchive({}))), options);

/** Names of resources in AWS, if they have one, in a fixed order. */
function physicalNames(resources: readonly RecordedResource[]): readonly string[] {
  const names = resources.flatMap(({ type, inputs }) => {
    const kind = type.split(':').at(-1) ?? type;
    const field = { Bucket: 'bucket', Dashboard: 'dashboardName' }[kind] ?? 'name';
    const isOfAnother = ['RolePolicy', 'Inventory'].includes(kind) || type.startsWith('rearview:');
    const name = inputs[field];
    // A function has one alias of each kind, with a name that need not be unique.
    const of = type === 'aws:lambda/alias:Alias' ? `${String(inputs['functionName'])}:` : '';
    return typeof name === 'string' && !isOfAnother ? [`${kind} ${of}${name}`] : [];
  });
  return names.toSorted();
}

test.serial('with only the region configured, the program creates the whole stack', async (t) => {
  const { resources, result } = await record();
  t.snapshot(physicalNames(resources), 'names');
  t.snapshot(Object.keys(result).toSorted(), 'outputs');
});

test.serial('with everything configured, the program creates all optional parts too', async (t) => {
  const { resources, result } = await record({ config: full });
  t.snapshot(physicalNames(resources), 'names');
  t.snapshot(Object.keys(result).toSorted(), 'outputs');
});

test.serial('two stacks in one account have no name in common', async (t) => {
  const github = { ...full.github, oidcProviderArn: 'arn:aws:iam::111122223333:oidc-provider/x' };
  const [one, other] = [
    await record({ stack: 'one', config: { ...full, github } }),
    await record({ stack: 'two', config: { ...full, github } }),
  ];
  const [names, others] = [physicalNames(one.resources), physicalNames(other.resources)];
  t.is(names.length, others.length);
  t.deepEqual(
    names.filter((each) => others.includes(each)),
    [],
  );
  t.is(new Set(names).size, names.length);
  // Neither refers to the other, in a policy, a dashboard or an environment.
  t.false(JSON.stringify(one.resources.map(({ inputs }) => inputs)).includes('rearview-two'));
  t.false(JSON.stringify(other.resources.map(({ inputs }) => inputs)).includes('rearview-one'));
});

test.serial('the outputs are those that the command line reads', async (t) => {
  const { result } = await record({ config: full });
  const config = readAwsConfig({}, result);
  t.deepEqual(config.corpusBuckets, [
    { name: 'rearview-prod-corpus-111122223333-eu-central-1', prefix: '' },
    { name: 'mail-archive', prefix: 'in/' },
    { name: 'partner-drop', prefix: '' },
  ]);
  for (const name of Object.keys(awsSettings)) t.true(name in result, name);
  t.is((await record()).result['cleanTopicArn'], undefined, 'what is not configured is left out');
});

test.serial('everything that can be tagged has the tags of the stack and of the configuration', async (t) => {
  const { resources } = await record({ config: { ...full, tags: { team: 'detection' } } });
  const untagged = resources.filter(({ type, inputs }) => taggable.test(type) && !('tags' in inputs));
  t.deepEqual(untagged, []);
  for (const { inputs } of resources) {
    if ('tags' in inputs) t.like(inputs['tags'], { team: 'detection', 'rearview-stack': 'rearview-prod' });
  }
});

/** https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/supported-services.html */
const taggable =
  /:(Bucket|Table|Queue|Topic|Key|Role|Policy|Function|LogGroup|MetricAlarm|EventRule|EventBus|OpenIdConnectProvider|EventSourceMapping|Budget)$/;

test.serial('a stack with an invalid configuration creates nothing', async (t) => {
  await t.throwsAsync(record({ config: { namePrefx: 'x' } }), {
    message: /^Invalid configuration in Pulumi\.prod\.yaml:\n.*namePrefx/,
  });
  await t.throwsAsync(record({ stack: 'Not_A_Name' }), { message: /stack name "Not_A_Name"/ });
});

test.serial('a key with a misspelt namespace, or that the provider does not know, is refused', async (t) => {
  await t.throwsAsync(record({ config: { 'rearwiev:monthlyBudgetDollars': 250 } }), {
    message: /\n {2}rearwiev:monthlyBudgetDollars has an unknown namespace: use rearview: or aws:\n/,
  });
  await t.throwsAsync(record({ config: { 'aws:allowedAcountIds': ['111122223333'] } }), {
    message: /\n {2}aws:allowedAcountIds is not a setting of the provider\n/,
  });
  await t.notThrowsAsync(record({ config: { 'aws:allowedAccountIds': ['111122223333'], 'pulumi:tags': { a: 'b' } } }));
});

test.serial('settings outside of config:, which Pulumi ignores, are refused with all other problems', async (t) => {
  const folder = tempFolder(t);
  const record = (config = {}) =>
    recordProgram(async () => resolved(await provision(new asset.AssetArchive({}), folder)), { config });
  const own = 'encryptionsalt: v1:abc\nsecretsprovider: passphrase\nencryptedkey: x\nenvironment: []\n';
  await t.notThrowsAsync(record(), 'there may be no file');
  writeFileSync(join(folder, 'Pulumi.prod.yaml'), `config:\n  aws:region: us-east-1\n${own}`);
  await t.notThrowsAsync(record());
  writeFileSync(join(folder, 'Pulumi.prod.yaml'), `${own}rearview:monthlyBudgetDollars: 250\n`);
  await t.throwsAsync(record({ colour: 'red' }), {
    message: /\n {2}rearview:monthlyBudgetDollars is outside of config: .*\n {2}rearview:colour is not a key\n/,
  });
});

test.serial('the cost model matches the parts of the stack', async (t) => {
  const stack = await record();
  t.is(stack.ofType('Key').length, stackParts.keys);
  t.is(stack.ofType('Dashboard').length, stackParts.dashboards);
  t.is(stack.ofType('EventSourceMapping').length, stackParts.polledQueues);
  const metrics = stack.ofType('MetricAlarm').reduce((sum, { inputs }) => sum + metricsPaidFor(inputs), 0);
  t.is(metrics, stackParts.alarmMetrics);
});

function metricsPaidFor({ metricQueries = [] }: RecordedResource['inputs']): number {
  const queries = z.array(z.object({ metric: z.unknown().optional() })).parse(metricQueries);
  return queries.length === 0 ? 1 : queries.filter(({ metric }) => metric !== undefined).length;
}

test.serial('data is protected, unless the configuration turns that off', async (t) => {
  const kept = (await record({ config: full })).resources;
  const loose = (await record({ config: { ...full, protect: false } })).resources;
  const of = (resources: readonly RecordedResource[], type: string, name: string) =>
    resources.filter((each) => each.type.endsWith(`:${type}`)).map(({ inputs }) => inputs[name]);
  t.deepEqual(new Set(of(kept, 'Table', 'deletionProtectionEnabled')), new Set([true]));
  t.deepEqual(new Set(of(loose, 'Table', 'deletionProtectionEnabled')), new Set([false]));
  t.true(of(kept, 'Bucket', 'forceDestroy').includes(false));
  t.deepEqual(new Set(of(loose, 'Bucket', 'forceDestroy')), new Set([true]));
});
