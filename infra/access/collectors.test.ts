import test from 'ava';
import { type AwsCall, callsFor } from '../../src/testing/aws-calls/calls-of.ts';
import type { Permission } from '../../src/testing/aws-calls/permission.ts';
import { s3Permissions } from '../../src/testing/aws-calls/s3-permissions.ts';
import { decide } from '../testing/iam/evaluate-call.ts';
import { parsePolicy } from '../testing/iam/policies.ts';
import { recordAccess } from '../testing/record-access.ts';

const host = 'arn:aws:iam::444455556666:role/mail-gateway';

interface Asked {
  readonly place?: 'corpus' | 'artifacts';
  readonly headers?: Readonly<Record<string, string>>;
  readonly ownPrefix?: boolean;
  /** Tags of the caller by name. */
  readonly tags?: Readonly<Record<string, string>>;
}

async function decisions(
  request: string,
  { place = 'corpus', headers = {}, ownPrefix = false, tags = {} }: Asked = {},
) {
  const recorded = await recordAccess({ collectors: { principals: [host], ownPrefix } });
  const { policies, result } = recorded;
  const [method = '', url = ''] = request.split(' ');
  const [path = '', query = ''] = url.split('?');
  const asked = {
    method,
    path: `/${place}${path}`,
    query: new URLSearchParams(query),
    headers,
    body: '',
    status: 200,
  };
  const calls = s3Permissions(asked).flatMap((each: Permission) => callsFor('collector', each, result));
  const tagged = Object.fromEntries(Object.entries(tags).map(([name, value]) => [`aws:PrincipalTag/${name}`, value]));
  const decided = (call: AwsCall) =>
    decide(
      { ...call, context: { ...call.context, ...tagged } },
      policies.identity.get(call.role) ?? [],
      policies.resource.get(call.resource),
    );
  return Promise.all(calls.map(decided));
}

test.serial('collectors upload files of any size', async (t) => {
  for (const request of ['PUT /a/b', 'POST /a?uploads', 'PUT /a?partNumber=1&uploadId=u', 'POST /a?uploadId=u']) {
    const all = await decisions(request);
    t.true(all.length > 1 && all.every((each) => each === 'Allowed'), request);
  }
});

test.serial('collectors do nothing else, here or elsewhere', async (t) => {
  const others = [
    ...['GET /a', 'HEAD /a', 'GET /a?versionId=v', 'GET ?list-type=2', 'GET ?versions', 'HEAD ', 'DELETE /a'],
    ...['DELETE /a?versionId=v', 'PUT /a?tagging', 'GET /a?tagging', 'DELETE /a?uploadId=u', 'GET ?versioning'],
  ];
  for (const request of others) t.true((await decisions(request)).includes('ImplicitlyDenied'), request);
  t.true((await decisions('PUT /rulesets/a', { place: 'artifacts' })).includes('ImplicitlyDenied'));
});

test.serial(
  'collectors put nothing into a storage class that cannot be read at once: whole, copied or in parts',
  async (t) => {
    const putWith = (request: string, storage: string) =>
      decisions(request, { headers: { 'x-amz-storage-class': storage } });
    for (const request of ['PUT /a', 'POST /a?uploads']) {
      for (const storage of ['STANDARD', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR']) {
        t.true(
          (await putWith(request, storage)).every((each) => each === 'Allowed'),
          `${request} ${storage}`,
        );
      }
      for (const storage of ['GLACIER', 'DEEP_ARCHIVE', 'REDUCED_REDUNDANCY', 'SOMETHING_NEW', 'glacier', '']) {
        const all = await decisions(request, { headers: { 'x-amz-storage-class': storage } });
        t.true(all.includes('ImplicitlyDenied'), `${request} ${storage}`);
      }
    }
    const denials = async (storage: string) => {
      const headers = { 'x-amz-copy-source': '/corpus/a', 'x-amz-storage-class': storage };
      return (await decisions('PUT /a', { headers })).filter((each) => each !== 'Allowed').length;
    };
    t.is(await denials('GLACIER'), (await denials('STANDARD')) + 1, 'a copy is not put either, whatever may be read');
  },
);

test.serial('a collector with its own prefix puts files below it, and nowhere else', async (t) => {
  const put = async (request: string, tags: Readonly<Record<string, string>>) => {
    const all = await decisions(request, { ownPrefix: true, tags });
    return all.every((each) => each === 'Allowed');
  };
  const gateway = { 'rearview-collector': 'mail-gateway' };
  for (const request of ['PUT /mail-gateway/a/b', 'POST /mail-gateway/a?uploads', 'POST /mail-gateway/a?uploadId=u']) {
    t.true(await put(request, gateway), request);
  }
  for (const request of [
    'PUT /a',
    'PUT /file-server/a',
    'PUT /mail-gateway',
    'PUT /mail-gateway-2/a',
    'PUT //mail-gateway/a',
  ]) {
    t.false(await put(request, gateway), request);
  }
  const nested = { 'rearview-collector': 'mail-gateway/inbound' };
  for (const request of [
    'PUT /mail-gateway/inbound/a',
    'PUT /mail-gateway/a',
    'POST /mail-gateway/inbound/a?uploads',
  ]) {
    t.false(await put(request, nested), `${request}: it would be within the prefix of another`);
  }
  for (const tag of ['/', 'mail-gateway/', '/mail-gateway']) {
    t.false(await put(`PUT /${tag}/a`, { 'rearview-collector': tag }), tag);
  }
  t.false(await put('PUT /mail-gateway/a', {}), 'who has no tag puts nothing');
  t.false(await put('PUT /mail-gateway/a', { 'other-tag': 'mail-gateway' }));
  t.false(await put('PUT /mail-gateway/a', { 'rearview-collector': '*' }), 'a tag is no pattern');
});

test.serial('a session of the role has the tag of its caller, and cannot name another prefix', async (t) => {
  const recorded = await recordAccess({ collectors: { principals: [host], ownPrefix: true } });
  const { assumeRolePolicy } = recorded.named('collector', 'Role').inputs;
  const trust = JSON.parse(String(assumeRolePolicy));
  t.deepEqual(trust.Statement, [
    {
      Sid: 'Collectors',
      Effect: 'Allow',
      Principal: { AWS: [host] },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
      Condition: {
        // Literal: IAM substitutes it.
        StringEquals: {
          'aws:RequestTag/rearview-collector': ['$', '{aws:PrincipalTag/rearview-collector}'].join(''),
        },
        'ForAllValues:StringEquals': { 'aws:TagKeys': ['rearview-collector'] },
      },
    },
  ]);
});

test.serial('only S3 uses the key', async (t) => {
  const recorded = await recordAccess();
  const { Statement } = parsePolicy(recorded.named('collector', 'Policy').inputs['policy']);
  t.deepEqual(
    Statement.map(({ Action, Resource, Condition }) => ({ Action, Resource, Condition })),
    [
      {
        Action: ['s3:PutObject'],
        Resource: ['arn:aws:s3:::rearview-prod-corpus-111122223333-eu-central-1/*'],
        Condition: {
          StringEqualsIfExists: {
            's3:x-amz-storage-class': ['STANDARD', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR'],
          },
        },
      },
      {
        Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
        Resource: ['arn:aws:kms:eu-central-1:111122223333:key/rearview-prod-corpus'],
        Condition: {
          StringEquals: { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' },
          StringLike: {
            'kms:EncryptionContext:aws:s3:arn': [
              'arn:aws:s3:::rearview-prod-corpus-111122223333-eu-central-1',
              'arn:aws:s3:::rearview-prod-corpus-111122223333-eu-central-1/*',
            ],
          },
        },
      },
    ],
  );
});

test.serial('there is a role for the configured principals, and none without them', async (t) => {
  t.deepEqual((await recordAccess()).ofType('Role'), []);
  const recorded = await recordAccess({ collectors: { principals: [host] } });
  const { name, assumeRolePolicy, tags } = recorded.named('collector', 'Role').inputs;
  t.is(name, 'rearview-prod-collector');
  t.deepEqual(tags, { 'rearview-stack': 'rearview-prod' });
  const [statement, ...others] = JSON.parse(String(assumeRolePolicy)).Statement;
  t.like(statement, { Effect: 'Allow', Principal: { AWS: [host] }, Action: 'sts:AssumeRole' });
  t.is(others.length, 0);
});
