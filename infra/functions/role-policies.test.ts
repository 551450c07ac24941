import test from 'ava';
import type { FunctionName } from '../handles.ts';
import { functionNames, recordFunctions } from '../testing/record-functions.ts';
import { testAccount } from '../testing/test-account.ts';
import { boundedPolicy } from './function-role.ts';

const at = (service: string, rest: string) => `arn:aws:${service}:eu-central-1:${testAccount}:${rest}`;
const bucket = (part: string) => `arn:aws:s3:::rearview-prod-${part}-${testAccount}-eu-central-1`;
const table = (name: string) => at('dynamodb', `table/rearview-prod-${name}`);
const queue = (name: string) => at('sqs', `rearview-prod-${name}`);
const topic = (name: string) => at('sns', `rearview-prod-${name}`);
const key = (name: string) => at('kms', `key/rearview-prod-${name}`);
const logs = (name: FunctionName) => at('logs', `log-group:/aws/lambda/rearview-prod-${name}:*`);
const on = (resource: string, ...actions: readonly string[]) => actions.map((action) => `${action} ${resource}`);
const sorted = (...all: readonly (readonly string[])[]) => all.flat().sort();

const ownLogs = (name: FunctionName) => on(logs(name), 'logs:CreateLogStream', 'logs:PutLogEvents');
const useOf = (name: string) => on(key(name), 'kms:Decrypt', 'kms:GenerateDataKey');
const items = ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'].map((each) => `dynamodb:${each}`);
const looking = ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'];
const analysis = [
  on(bucket('corpus'), 's3:ListBucket', 's3:ListBucketVersions'),
  on(`${bucket('artifacts')}/rulesets/*`, 's3:GetObject'),
  on(`${bucket('artifacts')}/alerts/*`, 's3:GetObject', 's3:PutObject'),
  on(table('objects'), 'dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:PartiQLInsert'),
  on(table('scans'), ...items),
  on(table('matches'), ...items),
  on(topic('alerts'), 'sns:Publish'),
  on(`${bucket('artifacts')}/index/segments/*`, 's3:PutObject'),
  on(key('corpus'), 'kms:Decrypt'),
  useOf('state'),
  useOf('state'),
].flat();

/** What reads the index. */
const index = [...on(`${bucket('artifacts')}/index/*`, 's3:GetObject'), ...on(bucket('artifacts'), 's3:ListBucket')];

test.serial('by default, each function may do exactly what its code calls', async (t) => {
  const { mayDo } = await recordFunctions();
  t.deepEqual(
    mayDo('live-analyzer'),
    sorted(
      ownLogs('live-analyzer'),
      on(`${bucket('corpus')}/*`, 's3:GetObject', 's3:GetObjectVersion'),
      on(queue('live'), 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'),
      on(queue('live'), 'sqs:ChangeMessageVisibility'),
      on(table('scans'), 'dynamodb:PartiQLInsert'),
      analysis,
    ),
  );
  t.deepEqual(
    mayDo('retro-analyzer'),
    sorted(
      ownLogs('retro-analyzer'),
      on(`${bucket('corpus')}/*`, 's3:GetObjectVersion'),
      ...['retro', 'preview'].flatMap((each) => [
        on(queue(each), 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'),
        on(queue(each), 'sqs:ChangeMessageVisibility'),
      ]),
      on(queue('retro'), 'sqs:SendMessage'),
      analysis,
    ),
  );
  t.deepEqual(
    mayDo('batcher'),
    sorted(
      ownLogs('batcher'),
      on(bucket('corpus'), 's3:ListBucketVersions'),
      on(`${bucket('inventories')}/*`, 's3:GetObject'),
      on(`${bucket('artifacts')}/rulesets/*`, 's3:GetObject', 's3:PutObject'),
      index,
      on(table('objects'), 'dynamodb:BatchGetItem'),
      on(table('scans'), ...items),
      on(queue('retro'), 'sqs:SendMessage'),
      on(queue('preview'), 'sqs:SendMessage'),
      on(queue('failures'), 'sqs:SendMessage'),
      on(at('lambda', 'function:rearview-prod-batcher:live'), 'lambda:InvokeFunction'),
      on(key('state'), 'kms:Decrypt'),
      useOf('state'),
      useOf('state'),
    ),
  );
  t.deepEqual(
    mayDo('scan-finisher'),
    sorted(
      ownLogs('scan-finisher'),
      on(queue('live-dead-letters'), ...looking),
      on(queue('retro-dead-letters'), ...looking),
      on(queue('preview-dead-letters'), ...looking),
      on(queue('failures'), 'sqs:SendMessage'),
      on(table('objects'), 'dynamodb:BatchGetItem'),
      on(table('scans'), ...items),
      // Its own pointer has another statement.
      on(table('scans'), 'dynamodb:UpdateItem'),
      on(table('matches'), 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'),
      on(`${table('matches')}/index/by-time`, 'dynamodb:Query'),
      on(topic('alerts'), 'sns:Publish'),
      on(topic('operations'), 'sns:Publish'),
      on(`${bucket('artifacts')}/alerts/*`, 's3:GetObject', 's3:PutObject'),
      on(`${bucket('artifacts')}/rulesets/*`, 's3:GetObject'),
      index,
      on(`${bucket('artifacts')}/index/*`, 's3:PutObject', 's3:DeleteObject'),
      on(at('lambda', 'function:rearview-prod-batcher:live'), 'lambda:InvokeFunction'),
      useOf('state'),
      useOf('state'),
    ),
  );
  t.deepEqual(
    mayDo('redrive'),
    sorted(
      ownLogs('redrive'),
      ...['live-dead-letters', 'retro-dead-letters', 'preview-dead-letters'].map((each) =>
        on(
          queue(each),
          ...['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
        ),
      ),
      ...['live', 'retro', 'preview'].map((each) => on(queue(each), 'sqs:SendMessage')),
      useOf('state'),
    ),
  );
});

/** Permissions of a function with this configuration that it does not have otherwise. */
async function addedBy(name: FunctionName, config: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
  const before = new Set((await recordFunctions()).mayDo(name));
  return (await recordFunctions(config)).mayDo(name).filter((each) => !before.has(each));
}

const versionTags = ['s3:GetObjectVersionTagging', 's3:PutObjectVersionTagging'];
const analyzers = ['live-analyzer', 'retro-analyzer'] as const;
const others = functionNames.filter((name) => !analyzers.some((each) => each === name));

test.serial('tags may be set only if objects are tagged, and only by analyzers', async (t) => {
  for (const config of [{ tagObjects: true }, { quarantine: { severities: ['high'], move: false } }]) {
    for (const name of analyzers) {
      t.deepEqual(await addedBy(name, config), sorted(on(`${bucket('corpus')}/*`, ...versionTags)));
    }
    for (const name of others) t.deepEqual(await addedBy(name, config), []);
  }
});

test.serial('a version may be deleted only if it is moved to quarantine, and the latest version never', async (t) => {
  const config = { quarantine: { severities: ['critical'] } };
  for (const name of analyzers) {
    t.deepEqual(
      await addedBy(name, config),
      sorted(
        on(`${bucket('corpus')}/*`, ...versionTags, 's3:DeleteObjectVersion'),
        on(`${bucket('quarantine')}/*`, 's3:GetObject', 's3:GetObjectVersion', 's3:PutObject', 's3:PutObjectTagging'),
        on(bucket('quarantine'), 's3:ListBucket'),
        on(key('corpus'), 'kms:GenerateDataKey'),
      ),
    );
  }
  for (const name of others) t.deepEqual(await addedBy(name, config), []);
});

test.serial('only the live analyzer may send notices of clean files', async (t) => {
  const config = { cleanNotices: true };
  t.deepEqual(await addedBy('live-analyzer', config), on(topic('clean'), 'sns:Publish'));
  for (const name of ['retro-analyzer', ...others] as const) t.deepEqual(await addedBy(name, config), []);
});

test.serial('without inventories, the batcher reads no content of listed objects', async (t) => {
  const { mayDo } = await recordFunctions({ corpus: { inventory: 'off' } });
  t.deepEqual(
    mayDo('batcher').filter((each) => each.startsWith('s3:')),
    sorted(
      on(bucket('corpus'), 's3:ListBucketVersions'),
      on(`${bucket('artifacts')}/rulesets/*`, 's3:GetObject', 's3:PutObject'),
      index,
    ),
  );
});

const mailKey = at('kms', 'key/of-mail');
const existing = {
  existingBuckets: [
    { name: 'mail-archive', prefix: 'mail/', kmsKeyArn: mailKey },
    { name: 'logs-archive', prefix: 'uploads/a' },
    { name: 'shares' },
  ],
};

test.serial(
  'in existing buckets, an analyzer reads only the part that belongs to the corpus, and learns of no other keys',
  async (t) => {
    const places = ['mail-archive/mail/*', 'logs-archive/uploads/a*', 'shares/*'].map((each) => `arn:aws:s3:::${each}`);
    const whole = ['mail-archive', 'logs-archive', 'shares'].map((each) => `arn:aws:s3:::${each}`);
    for (const name of analyzers) {
      t.deepEqual(
        await addedBy(name, existing),
        sorted(
          ...places.map((each) => on(each, 's3:GetObject', 's3:GetObjectVersion')),
          ...whole.map((each) => on(each, 's3:ListBucket', 's3:ListBucketVersions')),
          on(mailKey, 'kms:Decrypt'),
        ),
      );
    }
    t.deepEqual(await addedBy('batcher', existing), sorted(...whole.map((each) => on(each, 's3:ListBucketVersions'))));
    for (const name of ['scan-finisher', 'redrive'] as const) t.deepEqual(await addedBy(name, existing), []);

    const recorded = await recordFunctions(existing);
    for (const [name, sid] of [
      ['live-analyzer', 'CorpusMissing'],
      ['retro-analyzer', 'CorpusMissing'],
      ['batcher', 'CorpusListing'],
    ] as const) {
      const statements = recorded.statementsOf(name);
      t.deepEqual(statements[sid]?.Resource, [bucket('corpus'), 'arn:aws:s3:::shares']);
      t.is(statements[sid]?.Condition, undefined);
      const parts = [statements[`${sid}Part1`], statements[`${sid}Part2`]];
      t.deepEqual(
        parts.map((part) => [part?.Resource, part?.Condition]),
        [
          [['arn:aws:s3:::mail-archive'], { StringLike: { 's3:prefix': ['mail/*'] } }],
          [['arn:aws:s3:::logs-archive'], { StringLike: { 's3:prefix': ['uploads/a*'] } }],
        ],
      );
    }
  },
);

test.serial('existing buckets may keep no versions: their objects are also tagged and deleted by name', async (t) => {
  const added = await addedBy('live-analyzer', { ...existing, quarantine: { severities: ['high'] } });
  const shares = 'arn:aws:s3:::shares/*';
  t.deepEqual(
    added.filter((each) => each.endsWith(shares)),
    sorted(
      on(shares, 's3:GetObject', 's3:GetObjectVersion', 's3:DeleteObject', 's3:DeleteObjectVersion'),
      on(shares, 's3:GetObjectTagging', 's3:PutObjectTagging', ...versionTags),
    ),
  );
});

test.serial('a key is used through the services that store the encrypted data, and never directly', async (t) => {
  const { statementsOf } = await recordFunctions({ ...existing, quarantine: { severities: ['high'] } });
  const via = (...services: readonly string[]) => services.map((each) => `${each}.eu-central-1.amazonaws.com`);
  const expected: Readonly<Record<string, readonly string[]>> = {
    CorpusKey: via('s3'),
    ExistingKeys: via('s3'),
    QuarantineKey: via('s3'),
    ArtifactsKey: via('s3'),
    InventoriesKey: via('s3'),
  };
  const stateKey: Readonly<Record<FunctionName, readonly string[]>> = {
    'live-analyzer': via('dynamodb', 'sqs', 'sns'),
    'retro-analyzer': via('dynamodb', 'sqs', 'sns'),
    batcher: via('dynamodb', 'sqs'),
    'scan-finisher': via('dynamodb', 'sqs', 'sns'),
    redrive: via('sqs'),
  };
  // Buckets may share a key with each other and with everything else.
  const bucketOf: Readonly<Record<string, string>> = {
    ...{ CorpusKey: 'corpus', QuarantineKey: 'quarantine', ArtifactsKey: 'artifacts', InventoriesKey: 'inventories' },
  };
  const onlyIn = (part: string) => ({
    StringLike: { 'kms:EncryptionContext:aws:s3:arn': [bucket(part), `${bucket(part)}/*`] },
  });
  for (const name of functionNames) {
    const ofKeys = Object.values(statementsOf(name)).filter(({ Action }) => Action.some((each) => /^kms:/.test(each)));
    for (const { Sid, Condition } of ofKeys) {
      const services = Sid === 'StateKey' ? stateKey[name] : expected[Sid];
      const contents = bucketOf[Sid] === undefined ? {} : onlyIn(bucketOf[Sid]);
      t.deepEqual(
        Condition,
        { StringEquals: { 'kms:ViaService': [...(services ?? [])] }, ...contents },
        `${name} ${Sid}`,
      );
    }
  }
});

const everything = { ...existing, tagObjects: true, cleanNotices: true, quarantine: { severities: ['high'] } };

test.serial('no policy has a wildcard in actions, or in resources except below a name of the stack', async (t) => {
  const recorded = await recordFunctions(everything);
  for (const name of functionNames) {
    const sids = Object.keys(recorded.statementsOf(name));
    t.true(sids.every((sid) => /^[A-Za-z0-9]+$/.test(sid)));
    for (const statement of Object.values(recorded.statementsOf(name))) {
      for (const action of statement.Action) t.regex(action, /^[a-z0-9]+:[A-Za-z0-9]+$/);
      for (const resource of statement.Resource) {
        t.regex(resource, /^arn:aws:[a-z0-9]+:[^*]*[^:*]\*?$|^arn:aws:logs:[^*]*[^:*]:\*$/);
        t.regex(resource, /rearview-prod-|mail-archive|logs-archive|shares|of-mail/);
      }
    }
  }
});

test.serial(
  'each function has its own role, which only Lambda in this account may assume, and no AWS managed policy',
  async (t) => {
    const recorded = await recordFunctions(everything);
    t.is(recorded.ofType('Role').length, functionNames.length);
    t.is(recorded.ofType('RolePolicy').length, functionNames.length);
    t.deepEqual(recorded.ofType('RolePolicyAttachment'), []);
    for (const name of functionNames) {
      const { inputs } = recorded.named(name, 'Role');
      t.like(inputs, { name: `rearview-prod-${name}`, tags: { 'rearview-stack': 'rearview-prod' } });
      t.false('managedPolicyArns' in inputs || 'inlinePolicies' in inputs);
      t.deepEqual(JSON.parse(String(inputs['assumeRolePolicy'])).Statement, [
        {
          Sid: 'LambdaOfThisAccount',
          Effect: 'Allow',
          Principal: { Service: 'lambda.amazonaws.com' },
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'aws:SourceAccount': testAccount } },
        },
      ]);
      t.is(recorded.named(name, 'RolePolicy').inputs['role'], `rearview-prod-${name}`);
      t.is(recorded.named(name, 'Function').inputs['role'], `arn:aws:iam::${testAccount}:role/rearview-prod-${name}`);
    }
  },
);

test.serial(
  'fifteen existing buckets with prefixes and keys fit into a policy; more are refused with the key to change',
  async (t) => {
    const existingBuckets = Array.from({ length: 15 }, (_, index) => ({
      name: `a-bucket-of-another-team-${index}`,
      prefix: 'uploads/incoming/',
      kmsKeyArn: at('kms', `key/00000000-0000-0000-0000-0000000000${10 + index}`),
    }));
    await t.notThrowsAsync(recordFunctions({ ...everything, existingBuckets }));
    t.throws(() => boundedPolicy('batcher', 'x'.repeat(10_241)), {
      message: /10241 characters.*10240.*existingBuckets/,
    });
    t.is(boundedPolicy('batcher', 'x'.repeat(10_240)).length, 10_240);
  },
);
