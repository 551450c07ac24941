import test from 'ava';
import { checkPolicies } from '../testing/check-policies.ts';
import { contextFor } from '../testing/context-for-tests.ts';
import { decideOnRequest, type PolicyRequest } from '../testing/decide-on-request.ts';
import { recordProgram } from '../testing/record-program.ts';
import { Storage } from './storage.ts';

const everything = { quarantine: { severities: ['critical'] }, tagObjects: true };
const place = '111122223333-eu-central-1';
const bucketArn = (part: string) => `arn:aws:s3:::rearview-prod-${part}-${place}`;
const keyArn = (part: string) => `arn:aws:kms:eu-central-1:111122223333:key/${part}-key`;
const roleArn = (part: string) => `arn:aws:iam::111122223333:role/rearview-prod-${part}`;

async function bucketPolicies(config: Record<string, unknown> = everything) {
  const program = await recordProgram(async () => new Storage(contextFor('prod', config)));
  return {
    program,
    /** On an object of the bucket, unless the request says otherwise. */
    decide: (part: string, request: Omit<PolicyRequest, 'resource'> & { readonly key?: string }) =>
      decideOnRequest(program.named(`${part}-policy`).inputs['policy'], {
        ...request,
        resource: `${bucketArn(part)}/${request.key ?? 'a'}`,
      }),
  };
}

test.serial('every policy is well-formed', async (t) => {
  const { program } = await bucketPolicies();
  t.is(await checkPolicies(program), 7);
});

test.serial('every bucket requires TLS of a current version', async (t) => {
  const { program, decide } = await bucketPolicies();
  for (const part of ['corpus', 'artifacts', 'quarantine', 'inventories', 'logs']) {
    const read = (context: Record<string, string>) => decide(part, { action: 's3:GetObject', context });
    t.is(await read({ 'aws:SecureTransport': 'false' }), 'ExplicitlyDenied');
    t.is(await read({ 's3:TlsVersion': '1.1' }), 'ExplicitlyDenied');
    t.is(await read({ 's3:TlsVersion': '1.2' }), 'Allowed');
    t.is(await read({ 's3:TlsVersion': '1.3' }), 'Allowed');
    const policy = program.named(`${part}-policy`).inputs['policy'];
    const list = { action: 's3:ListBucket', resource: bucketArn(part) };
    t.is(await decideOnRequest(policy, { ...list, context: { 'aws:SecureTransport': 'false' } }), 'ExplicitlyDenied');
    t.is(await decideOnRequest(policy, list), 'Allowed');
  }
});

test.serial(
  "a put without encryption settings is allowed, and one with a different encryption than the bucket's is denied",
  async (t) => {
    const { decide } = await bucketPolicies();
    for (const part of ['corpus', 'quarantine', 'artifacts'] as const) {
      const put = (algorithm: string, id?: string) =>
        decide(part, {
          action: 's3:PutObject',
          context: {
            's3:x-amz-server-side-encryption': algorithm,
            ...(id === undefined ? {} : { 's3:x-amz-server-side-encryption-aws-kms-key-id': id }),
          },
        });
      t.is(await decide(part, { action: 's3:PutObject' }), 'Allowed');
      t.is(await put('aws:kms', keyArn('data')), 'Allowed');
      t.is(await put('AES256'), 'ExplicitlyDenied');
      t.is(await put('aws:kms'), 'ExplicitlyDenied');
      t.is(await put('aws:kms', keyArn('other')), 'ExplicitlyDenied');
    }
  },
);

test.serial('no caller, not even an administrator, puts a file where it cannot be read at once', async (t) => {
  const { decide } = await bucketPolicies();
  const put = (storage: string) =>
    decide('corpus', { action: 's3:PutObject', context: { 's3:x-amz-storage-class': storage } });
  for (const storage of ['STANDARD', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR']) {
    t.is(await put(storage), 'Allowed', storage);
  }
  for (const storage of ['GLACIER', 'DEEP_ARCHIVE', 'REDUCED_REDUNDANCY', 'SOMETHING_NEW']) {
    t.is(await put(storage), 'ExplicitlyDenied', storage);
  }
  t.is(await decide('corpus', { action: 's3:PutObject' }), 'Allowed', 'parts, and requests without a class');
});

test.serial('no caller puts an object under a key that only the uploader has', async (t) => {
  const { decide } = await bucketPolicies();
  const context = { 's3:x-amz-server-side-encryption-customer-algorithm': 'AES256' };
  for (const part of ['corpus', 'quarantine', 'artifacts']) {
    t.is(await decide(part, { action: 's3:PutObject', context }), 'ExplicitlyDenied', part);
  }
});

const conditional = { 's3:if-none-match': '*', 's3:ObjectCreationOperation': 'true' };

test.serial('a ruleset is written once, whole or in parts, and never again', async (t) => {
  const { decide } = await bucketPolicies();
  const put = (key: string, context: Record<string, string>) =>
    decide('artifacts', { action: 's3:PutObject', key, context });
  t.is(await put('rulesets/abc', conditional), 'Allowed');
  t.is(await put('rulesets/abc', { 's3:ObjectCreationOperation': 'true' }), 'ExplicitlyDenied');
  // Requests for parts, and the one that starts them, have no condition; the completing request
  // does.
  t.is(await put('rulesets/abc', { 's3:ObjectCreationOperation': 'false' }), 'Allowed');
  t.is(await put('alerts/abc', { 's3:ObjectCreationOperation': 'true' }), 'Allowed');
  t.is(await put('reports/abc', { 's3:ObjectCreationOperation': 'true' }), 'Allowed');
});

test.serial('no caller deletes a ruleset, not even to write it again', async (t) => {
  const { decide } = await bucketPolicies();
  for (const action of ['s3:DeleteObject', 's3:DeleteObjectVersion']) {
    for (const principal of [roleArn('batcher'), undefined]) {
      const request = { action, ...(principal === undefined ? {} : { principal }) };
      t.is(await decide('artifacts', { ...request, key: 'rulesets/abc' }), 'ExplicitlyDenied');
      t.is(await decide('artifacts', { ...request, key: 'alerts/abc' }), 'Allowed');
    }
  }
});

test.serial('only the analyzers read objects in quarantine', async (t) => {
  for (const config of [{ tagObjects: true }, { quarantine: { severities: ['high'], move: false } }]) {
    const { decide } = await bucketPolicies(config);
    for (const action of ['s3:GetObject', 's3:GetObjectVersion']) {
      const read = (tag: string, principal?: string) =>
        decide('corpus', {
          action,
          ...(principal === undefined ? {} : { principal }),
          context: { 's3:ExistingObjectTag/rearview-quarantine': tag },
        });
      t.is(await read('true'), 'ExplicitlyDenied');
      t.is(await read('true', roleArn('batcher')), 'ExplicitlyDenied');
      t.is(await read('false'), 'Allowed');
      t.is(await decide('corpus', { action }), 'Allowed');
      for (const part of ['live-analyzer', 'retro-analyzer']) t.is(await read('true', roleArn(part)), 'Allowed');
    }
  }
});

test.serial('only the analyzers set their tags', async (t) => {
  const { decide } = await bucketPolicies({ tagObjects: true });
  for (const action of ['s3:PutObject', 's3:PutObjectTagging', 's3:PutObjectVersionTagging']) {
    const set = (tags: string[], principal?: string) =>
      decide('corpus', {
        action,
        ...(principal === undefined ? {} : { principal }),
        context: { 's3:RequestObjectTagKeys': tags },
      });
    t.is(await set(['mine', 'rearview-verdict']), 'ExplicitlyDenied');
    t.is(await set(['mine']), 'Allowed');
    t.is(await set(['rearview-verdict'], roleArn('live-analyzer')), 'Allowed');
    t.is(await set(['rearview-verdict'], roleArn('retro-analyzer')), 'Allowed');
  }
  for (const action of [
    's3:PutObjectTagging',
    's3:PutObjectVersionTagging',
    's3:DeleteObjectTagging',
    's3:DeleteObjectVersionTagging',
  ]) {
    const context = { 's3:ExistingObjectTag/rearview-quarantine': 'true' };
    t.is(await decide('corpus', { action, context }), 'ExplicitlyDenied');
    t.is(await decide('corpus', { action, context, principal: roleArn('live-analyzer') }), 'Allowed');
    t.is(await decide('corpus', { action }), 'Allowed');
  }
});

test.serial('without tagging, no tag is checked', async (t) => {
  const { program } = await bucketPolicies({});
  t.notRegex(String(program.named('corpus-policy').inputs['policy']), /rearview-quarantine|RequestObjectTagKeys/);
});

test.serial('access logs are delivered only for the buckets of this stack', async (t) => {
  const { decide } = await bucketPolicies();
  const deliver = (source: string, account = '111122223333') =>
    decide('logs', {
      principal: 'logging.s3.amazonaws.com',
      action: 's3:PutObject',
      context: { 'aws:SourceArn': source, 'aws:SourceAccount': account },
    });
  for (const part of ['corpus', 'artifacts', 'quarantine']) t.is(await deliver(bucketArn(part)), 'Allowed');
  t.is(await deliver('arn:aws:s3:::other'), 'ImplicitlyDenied');
  t.is(await deliver(bucketArn('corpus'), '444455556666'), 'ImplicitlyDenied');
});

test.serial('only inventories of the corpus are written', async (t) => {
  const { decide } = await bucketPolicies();
  const write = (source: string, account = '111122223333', principal = 's3.amazonaws.com') =>
    decide('inventories', {
      principal,
      action: 's3:PutObject',
      context: { 'aws:SourceArn': source, 'aws:SourceAccount': account },
    });
  t.is(await write(bucketArn('corpus')), 'Allowed');
  t.is(await write('arn:aws:s3:::other'), 'ImplicitlyDenied');
  t.is(await write(bucketArn('corpus'), '444455556666'), 'ImplicitlyDenied');
  t.is(await write(bucketArn('corpus'), '111122223333', 'events.amazonaws.com'), 'ImplicitlyDenied');
});

test.serial(
  "the policies allow S3's own deliveries only for buckets of the stack, and no other service access",
  async (t) => {
    const { decide } = await bucketPolicies();
    const context = { 'aws:SourceArn': bucketArn('corpus'), 'aws:SourceAccount': '111122223333' };
    for (const part of ['corpus', 'artifacts', 'quarantine']) {
      for (const principal of ['s3.amazonaws.com', 'logging.s3.amazonaws.com']) {
        t.is(await decide(part, { principal, action: 's3:PutObject', context }), 'ImplicitlyDenied');
      }
    }
    for (const part of ['logs', 'inventories']) {
      for (const principal of ['s3.amazonaws.com', 'logging.s3.amazonaws.com']) {
        t.is(await decide(part, { principal, action: 's3:GetObject', context }), 'ImplicitlyDenied');
      }
    }
  },
);
