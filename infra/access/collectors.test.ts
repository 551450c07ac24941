import test from 'ava';
import { type AwsCall, callsFor } from '../../src/testing/aws-calls/calls-of.ts';
import type { Permission } from '../../src/testing/aws-calls/permission.ts';
import { s3Permissions } from '../../src/testing/aws-calls/s3-permissions.ts';
import { decide } from '../testing/iam/evaluate-call.ts';
import { parsePolicy } from '../testing/iam/policies.ts';
import { recordAccess } from '../testing/record-access.ts';

const host = 'arn:aws:iam::444455556666:role/mail-gateway';

async function decisions(request: string, place: 'corpus' | 'artifacts' = 'corpus') {
  const recorded = await recordAccess({ collectors: { principals: [host] } });
  const { policies, result } = recorded;
  const [method = '', url = ''] = request.split(' ');
  const [path = '', query = ''] = url.split('?');
  const asked = {
    method,
    path: `/${place}${path}`,
    query: new URLSearchParams(query),
    headers: {},
    body: '',
    status: 200,
  };
  const calls = s3Permissions(asked).flatMap((each: Permission) => callsFor('collector', each, result));
  const decided = (call: AwsCall) =>
    decide(call, policies.identity.get(call.role) ?? [], policies.resource.get(call.resource));
  return Promise.all(calls.map(decided));
}

test.serial('collectors upload files of any size', async (t) => {
  for (const request of ['PUT /a/b', 'POST /a?uploads', 'PUT /a?partNumber=1&uploadId=u', 'POST /a?uploadId=u']) {
    const all = await decisions(request);
    t.true(all.length > 1 && all.every((each) => each === 'Allowed'), request);
  }
});

test.serial('collectors do nothing else, nor anything elsewhere', async (t) => {
  const others = [
    ...['GET /a', 'HEAD /a', 'GET /a?versionId=v', 'GET ?list-type=2', 'GET ?versions', 'HEAD ', 'DELETE /a'],
    ...['DELETE /a?versionId=v', 'PUT /a?tagging', 'GET /a?tagging', 'DELETE /a?uploadId=u', 'GET ?versioning'],
  ];
  for (const request of others) t.true((await decisions(request)).includes('ImplicitlyDenied'), request);
  t.true((await decisions('PUT /rulesets/a', 'artifacts')).includes('ImplicitlyDenied'));
});

test.serial('the key is used by S3 alone', async (t) => {
  const recorded = await recordAccess();
  const { Statement } = parsePolicy(recorded.named('collector', 'Policy').inputs['policy']);
  t.deepEqual(
    Statement.map(({ Action, Resource, Condition }) => ({ Action, Resource, Condition })),
    [
      {
        Action: ['s3:PutObject'],
        Resource: ['arn:aws:s3:::rearview-prod-corpus-111122223333-eu-central-1/*'],
        Condition: undefined,
      },
      {
        Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
        Resource: ['arn:aws:kms:eu-central-1:111122223333:key/rearview-prod-corpus'],
        Condition: { StringEquals: { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' } },
      },
    ],
  );
});

test.serial('there is a role for those that the configuration names, and none where it names nobody', async (t) => {
  t.deepEqual((await recordAccess()).ofType('Role'), []);
  const recorded = await recordAccess({ collectors: { principals: [host] } });
  const { name, assumeRolePolicy, tags } = recorded.named('collector', 'Role').inputs;
  t.is(name, 'rearview-prod-collector');
  t.deepEqual(tags, { 'rearview-stack': 'rearview-prod' });
  const [statement, ...others] = JSON.parse(String(assumeRolePolicy)).Statement;
  t.like(statement, { Effect: 'Allow', Principal: { AWS: [host] }, Action: 'sts:AssumeRole' });
  t.is(others.length, 0);
});
