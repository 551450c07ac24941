import test from 'ava';
import { contextFor } from '../testing/context-for-tests.ts';
import { recordOptions } from '../testing/record-options.ts';
import { recordProgram } from '../testing/record-program.ts';
import { Storage } from './storage.ts';

const everything = { quarantine: { severities: ['critical'] } };
const record = (config: Record<string, unknown> = everything, stack = 'prod') =>
  recordProgram(async () => new Storage(contextFor(stack, config)));
const parts = ['corpus', 'artifacts', 'quarantine', 'inventories', 'logs'];
const place = '111122223333-eu-central-1';

test.serial('no bucket is public, has ACLs, or accepts a customer-provided key', async (t) => {
  const program = await record();
  t.deepEqual(
    program
      .ofType('Bucket')
      .map(({ name }) => name)
      .sort(),
    parts.toSorted(),
  );
  for (const part of parts) {
    const bucket = `rearview-prod-${part}-${place}`;
    t.is(program.named(part, 'Bucket').inputs['bucket'], bucket);
    t.deepEqual(program.named(`${part}-public-access`).inputs, {
      bucket,
      ...{ blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
    });
    t.deepEqual(program.named(`${part}-ownership`).inputs, {
      bucket,
      rule: { objectOwnership: 'BucketOwnerEnforced' },
    });
    t.like(program.named(`${part}-encryption`).inputs, { bucket, rules: [{ blockedEncryptionTypes: ['SSE-C'] }] });
    t.is(program.named(`${part}-policy`).inputs['bucket'], bucket);
    t.is(program.named(`${part}-lifecycle`).inputs['bucket'], bucket);
  }
});

test.serial('files use the corpus key, everything else the state key, and access logs a key of S3', async (t) => {
  const program = await record();
  const keyOf = { corpus: 'data', quarantine: 'data', inventories: 'data', artifacts: 'data' };
  for (const [part, key] of Object.entries(keyOf)) {
    const kmsMasterKeyId = `arn:aws:kms:eu-central-1:111122223333:key/${key}-key`;
    t.like(program.named(`${part}-encryption`).inputs['rules'], [
      { applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId }, bucketKeyEnabled: true },
    ]);
  }
  t.like(program.named('logs-encryption').inputs['rules'], [
    { applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } },
  ]);
  for (const { inputs } of program.ofType('Table')) {
    const kmsKeyArn = 'arn:aws:kms:eu-central-1:111122223333:key/data-key';
    t.deepEqual(inputs['serverSideEncryption'], { enabled: true, kmsKeyArn });
  }
});

test.serial('keys are rotated, have an alias, and are deleted after thirty days at the soonest', async (t) => {
  const program = await record();
  t.is(program.ofType('Key').length, 2);
  for (const part of ['data']) {
    t.like(program.named(`${part}-key`, 'Key').inputs, { enableKeyRotation: true, deletionWindowInDays: 30 });
    t.deepEqual(program.named(`${part}-key-alias`).inputs, {
      name: `alias/rearview-prod-${part}`,
      targetKeyId: `${part}-key`,
    });
  }
});

test.serial('files and everything else have a key each if the configuration says so', async (t) => {
  const program = await recordProgram(
    async () => new Storage(contextFor('prod', { ...everything, separateKeys: true })),
  );
  t.is(program.ofType('Key').length, 3);
  for (const [bucket, key] of [
    ['corpus', 'corpus'],
    ['quarantine', 'corpus'],
    ['artifacts', 'state'],
  ]) {
    const kmsMasterKeyId = `arn:aws:kms:eu-central-1:111122223333:key/${key}-key`;
    t.like(program.named(`${bucket}-encryption`).inputs['rules'], [
      { applyServerSideEncryptionByDefault: { kmsMasterKeyId } },
    ]);
  }
  for (const { inputs } of program.ofType('Table')) {
    t.like(inputs['serverSideEncryption'], { kmsKeyArn: 'arn:aws:kms:eu-central-1:111122223333:key/state-key' });
  }
});

test.serial('the key that signs rulesets is of the kind that the code uses', async (t) => {
  const program = await record();
  const { inputs } = program.named('rulesets-key', 'Key');
  t.like(inputs, { keyUsage: 'SIGN_VERIFY', customerMasterKeySpec: 'ECC_NIST_P256', deletionWindowInDays: 30 });
  t.false('enableKeyRotation' in inputs, 'KMS rotates no key that signs');
  t.deepEqual(program.named('rulesets-key-alias').inputs, {
    ...{ name: 'alias/rearview-prod-rulesets', targetKeyId: 'rulesets-key' },
  });
});

test.serial('files, rulesets and quarantine keep versions and access logs', async (t) => {
  const program = await record();
  const data = ['corpus', 'artifacts', 'quarantine'];
  t.deepEqual(
    program
      .ofType('BucketVersioning')
      .map(({ name }) => name)
      .sort(),
    data.map((part) => `${part}-versioning`).sort(),
  );
  for (const part of data) {
    const bucket = `rearview-prod-${part}-${place}`;
    t.deepEqual(program.named(`${part}-versioning`).inputs, { bucket, versioningConfiguration: { status: 'Enabled' } });
    t.like(program.named(`${part}-logging`).inputs, {
      bucket,
      targetBucket: `rearview-prod-logs-${place}`,
      targetPrefix: `${part}/`,
    });
  }
});

test.serial('dependent S3 settings are changed in order', async (t) => {
  const options = recordOptions();
  await recordProgram(async () => new Storage(contextFor('prod', everything), options.opts));
  for (const part of parts) {
    t.deepEqual(options.dependenciesOf('BucketPolicy', `${part}-policy`), [`${part}-public-access`]);
  }
  for (const part of ['corpus', 'artifacts', 'quarantine']) {
    t.deepEqual(options.dependenciesOf('BucketLifecycleConfiguration', `${part}-lifecycle`), [`${part}-versioning`]);
    t.deepEqual(options.dependenciesOf('BucketLogging', `${part}-logging`), ['logs-policy']);
  }
});

test.serial('data is protected from destruction; what can be created again is not', async (t) => {
  const options = recordOptions();
  const program = await recordProgram(async () => new Storage(contextFor('prod', everything), options.opts));
  const kept = ['Bucket corpus', 'Bucket artifacts', 'Bucket quarantine', 'Bucket logs'];
  const tables = ['Table objects-table', 'Table scans-table', 'Table matches-table'];
  const isProtected = [...options.all].filter(([, { protect }]) => protect === true).map(([name]) => name);
  t.deepEqual(isProtected.sort(), [...kept, ...tables, 'Key data-key', 'Key rulesets-key'].sort());
  for (const { name, inputs } of program.ofType('Bucket')) t.is(inputs['forceDestroy'], name === 'inventories', name);
  for (const { inputs } of program.ofType('Table')) t.true(inputs['deletionProtectionEnabled']);
});

test.serial('all of it can be destroyed if the configuration allows it', async (t) => {
  const options = recordOptions();
  const context = contextFor('prod', { ...everything, protect: false });
  const program = await recordProgram(async () => new Storage(context, options.opts));
  t.deepEqual(
    [...options.all].filter(([, { protect }]) => protect === true),
    [],
  );
  for (const { inputs } of program.ofType('Bucket')) t.true(inputs['forceDestroy']);
  for (const { inputs } of program.ofType('Table')) t.false(inputs['deletionProtectionEnabled']);
});

test.serial('everything that supports tags has those of the stack', async (t) => {
  const program = await record({ ...everything, tags: { team: 'detection' } });
  for (const type of ['Bucket', 'Table', 'Key']) {
    for (const { inputs, name } of program.ofType(type)) {
      t.deepEqual(inputs['tags'], { team: 'detection', 'rearview-stack': 'rearview-prod' }, name);
    }
  }
});

test.serial('there is a quarantine bucket only if objects are moved there', async (t) => {
  for (const quarantine of [{ severities: [] }, { severities: ['high'], move: false }]) {
    const program = await record({ quarantine });
    t.is(program.result.quarantine, null);
    t.false(program.ofType('Bucket').some(({ name }) => name === 'quarantine'));
  }
  t.not((await record()).result.quarantine, null);
});

test.serial('existing buckets are passed on unchanged, and nothing is created for them', async (t) => {
  const kmsKeyArn = 'arn:aws:kms:eu-central-1:444455556666:key/theirs';
  const existingBuckets = [{ name: 'mine' }, { name: 'theirs', prefix: 'mail/', account: '444455556666', kmsKeyArn }];
  const { result, resources } = await record({ existingBuckets });
  const [mine, theirs] = result.existing;
  t.like(mine, { prefix: '', account: '111122223333', keyArn: null });
  t.like(theirs, { prefix: 'mail/', account: '444455556666' });
  for (const [output, value] of [
    [mine?.name, 'mine'],
    [mine?.arn, 'arn:aws:s3:::mine'],
    [theirs?.arn, 'arn:aws:s3:::theirs'],
    [theirs?.keyArn, kmsKeyArn],
  ] as const) {
    t.is(await new Promise((resolve) => output?.apply(resolve)), value);
  }
  t.false(JSON.stringify(resources).includes('theirs'));
  t.is(resources.length, (await record({})).resources.length);
});
