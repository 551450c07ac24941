import test from 'ava';
import type { Permission } from './permission.ts';
import { s3Permissions } from './s3-permissions.ts';

interface Sent {
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly status?: number;
}

function ask(line: string, { headers = {}, body = '', status }: Sent = {}): readonly Permission[] {
  const [method = '', url = ''] = line.split(' ');
  const [path = '', query = ''] = url.split('?');
  return s3Permissions({ method, path, query: new URLSearchParams(query), headers, body, status });
}

/** `action place`, and the actions on the key. */
function lines(permissions: readonly Permission[]): readonly string[] {
  return permissions.map(({ action, on, keys = [] }) => {
    const place = on.type === 'object' ? `${on.bucket}/${on.key}` : on.type === 'bucket' ? on.bucket : on.type;
    return [action.replace('s3:', ''), place, ...keys.map((key) => key.replace('kms:', ''))].join(' ');
  });
}

const copy = { 'x-amz-copy-source': '/from/a%20b?versionId=v1' };

const table: readonly (readonly [string, Sent, ...string[]])[] = [
  ['GET /b/a%20b/%C3%BC?x-id=GetObject', {}, 'GetObject b/a b/ü Decrypt'],
  ['GET /b/k?versionId=v1&x-id=GetObject', {}, 'GetObjectVersion b/k Decrypt'],
  ['GET /b/k', { status: 404 }, 'GetObject b/k Decrypt', 'ListBucket b'],
  ['HEAD /b/k', {}, 'GetObject b/k'],
  ['HEAD /b/k?versionId=v1', {}, 'GetObjectVersion b/k'],
  ['HEAD /b/k', { status: 404 }, 'GetObject b/k', 'ListBucket b'],
  ['HEAD /b/k', { headers: { 'x-amz-checksum-mode': 'ENABLED' } }, 'GetObject b/k Decrypt'],
  ['GET /b/k?tagging', {}, 'GetObjectTagging b/k'],
  ['GET /b/k?tagging&versionId=v1', {}, 'GetObjectVersionTagging b/k'],
  ['PUT /b/k?tagging', {}, 'PutObjectTagging b/k'],
  ['PUT /b/k?tagging&versionId=v1', {}, 'PutObjectVersionTagging b/k'],
  ['DELETE /b/k?tagging&versionId=v1', {}, 'DeleteObjectVersionTagging b/k'],
  ['PUT /b/k?x-id=PutObject', {}, 'PutObject b/k GenerateDataKey'],
  ['PUT /b/k', { headers: { 'x-amz-tagging': 'a=1' } }, 'PutObject b/k GenerateDataKey', 'PutObjectTagging b/k'],
  ['POST /b/k?uploads', {}, 'PutObject b/k GenerateDataKey'],
  ['PUT /b/k?partNumber=1&uploadId=u&x-id=UploadPart', {}, 'PutObject b/k GenerateDataKey Decrypt'],
  ['POST /b/k?uploadId=u', {}, 'PutObject b/k Decrypt'],
  ['DELETE /b/k?uploadId=u', {}, 'AbortMultipartUpload b/k'],
  ['DELETE /b/k?x-id=DeleteObject', {}, 'DeleteObject b/k'],
  ['DELETE /b/k?versionId=v1', {}, 'DeleteObjectVersion b/k'],
  ['DELETE /b/k', { headers: { 'if-match': '"e"' } }, 'DeleteObject b/k', 'GetObject b/k'],
  [
    'PUT /b/k',
    { headers: copy },
    'GetObjectVersion from/a b Decrypt',
    'GetObjectVersionTagging from/a b',
    'PutObject b/k GenerateDataKey',
    'PutObjectTagging b/k',
  ],
  [
    'PUT /b/k',
    { headers: { ...copy, 'x-amz-tagging-directive': 'REPLACE', 'x-amz-tagging': 'a=1' } },
    'GetObjectVersion from/a b Decrypt',
    'PutObject b/k GenerateDataKey',
    'PutObjectTagging b/k',
  ],
  [
    'PUT /b/k',
    { headers: { 'x-amz-copy-source': 'from/k', 'x-amz-tagging-directive': 'REPLACE' } },
    'GetObject from/k Decrypt',
    'PutObject b/k GenerateDataKey',
  ],
  ['HEAD /b', {}, 'ListBucket b'],
  ['GET /b?list-type=2&prefix=a%2F', {}, 'ListBucket b'],
  ['GET /b/?list-type=2', {}, 'ListBucket b'],
  ['GET /b?versions&prefix=a%2F', {}, 'ListBucketVersions b'],
  ['GET /b?versioning', {}, 'GetBucketVersioning b'],
];

for (const [request, sent, ...expected] of table) {
  const logged = [request, ...Object.entries(sent.headers ?? {}).map((each) => each.join(': ')), sent.status ?? ''];
  test(`${logged.join(' ').trim()} needs ${expected.join(', ')}`, (t) => {
    t.deepEqual(lines(ask(request, sent)), expected);
  });
}

test('conditions see the fields of the request', (t) => {
  t.like(ask('PUT /b/k', { headers: { 'if-none-match': '*' } })[0]?.context, {
    's3:if-none-match': '*',
    's3:ObjectCreationOperation': 'true',
  });
  // It takes no condition:
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
  for (const part of ['POST /b/k?uploads', 'PUT /b/k?partNumber=1&uploadId=u']) {
    t.deepEqual(ask(part)[0]?.context, { 's3:ObjectCreationOperation': 'false' }, part);
  }
  t.like(ask('POST /b/k?uploadId=u', { headers: { 'if-none-match': '*' } })[0]?.context, {
    's3:if-none-match': '*',
    's3:ObjectCreationOperation': 'true',
  });
  t.deepEqual(ask('GET /b?versions&prefix=a%2F&delimiter=%2F&max-keys=9')[0]?.context, {
    ...{ 's3:prefix': 'a/', 's3:delimiter': '/', 's3:max-keys': '9' },
  });
  const xml = '<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>';
  t.deepEqual(ask('PUT /b/k?tagging&versionId=v', { body: xml })[0]?.context, {
    ...{ 's3:RequestObjectTagKeys': ['a'], 's3:RequestObjectTag/a': '1', 's3:VersionId': 'v' },
  });
  t.like(ask('PUT /b/k', { headers: { 'x-amz-tagging': 'a=1&b=2' } })[1]?.context, {
    's3:RequestObjectTagKeys': ['a', 'b'],
  });
});

test('an unknown operation is not taken for allowed', (t) => {
  t.throws(() => ask('GET /b/k?acl'), { message: /Unknown request GET/ });
  t.throws(() => ask('POST /b?delete'), { message: /Unknown request POST/ });
  t.throws(() => ask('PUT /b/k', { headers: { 'x-amz-acl': 'public-read' } }), { message: /x-amz-acl/ });
  t.throws(() => ask('PUT /b/k?partNumber=1&uploadId=u', { headers: copy }), { message: /UploadPartCopy/ });
});

test('the storage class that a request names is known to policies', (t) => {
  const headers = { 'x-amz-storage-class': 'DEEP_ARCHIVE' };
  for (const line of ['PUT /b/k', 'POST /b/k?uploads']) {
    t.like(ask(line, { headers })[0]?.context, { 's3:x-amz-storage-class': 'DEEP_ARCHIVE' }, line);
    t.false('s3:x-amz-storage-class' in (ask(line)[0]?.context ?? {}), line);
  }
  const copied = ask('PUT /b/k', { headers: { ...copy, ...headers } }).find(({ action }) => action === 's3:PutObject');
  t.like(copied?.context, { 's3:x-amz-storage-class': 'DEEP_ARCHIVE' });
});
