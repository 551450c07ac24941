import type { ContextKeys, KeyAction, Permission } from './permission.ts';
import { headerOf, type RecordedRequest } from './recorded-request.ts';
import { s3OperationOf } from './s3-operation.ts';

type S3Request = Pick<RecordedRequest, 'method' | 'path' | 'query' | 'headers' | 'body' | 'status'>;

/**
 * The separate actions for versions of objects:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
const ofVersion: Readonly<Record<string, string>> = {
  's3:GetObject': 's3:GetObjectVersion',
  's3:GetObjectTagging': 's3:GetObjectVersionTagging',
  's3:PutObjectTagging': 's3:PutObjectVersionTagging',
  's3:DeleteObjectTagging': 's3:DeleteObjectVersionTagging',
  's3:DeleteObject': 's3:DeleteObjectVersion',
};

/** Headers that need permissions which nothing here needs, or mean what is not modelled. */
const unknownHeaders = /^x-amz-(acl|grant-|object-lock-|server-side-encryption|website-)/;

/**
 * The permissions that a request to S3 needs:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 * @throws Error for an unknown operation or header
 */
export function s3Permissions(request: S3Request): readonly Permission[] {
  const operation = s3OperationOf(request);
  const unknown = Object.keys(request.headers).find((name) => unknownHeaders.test(name));
  if (unknown !== undefined) throw new Error(`Unknown header ${unknown} of ${operation}: see s3-permissions.ts.`);
  const { bucket, key } = placeOf(request.path);
  const on = { type: 'object', bucket, key } as const;
  const bucketItself = { type: 'bucket', bucket } as const;
  const version = request.query.get('versionId');
  const object = (action: string, keys: readonly KeyAction[] = [], context: ContextKeys = {}): Permission => ({
    action: version === null ? action : (ofVersion[action] ?? action),
    ...{ on, keys },
    context: { ...context, ...(version === null ? {} : { 's3:VersionId': version }) },
  });
  const write = (keys: readonly KeyAction[], creates: boolean) =>
    object('s3:PutObject', keys, { ...conditionsOf(request), 's3:ObjectCreationOperation': String(creates) });

  switch (operation) {
    case 'GetObject':
      return [object('s3:GetObject', ['kms:Decrypt']), ...ifMissing(request, bucket)];
    case 'HeadObject':
      // The checksum of an encrypted object is also encrypted:
      // https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
      return [
        object('s3:GetObject', headerOf(request, 'x-amz-checksum-mode') === undefined ? [] : ['kms:Decrypt']),
        ...ifMissing(request, bucket),
      ];
    case 'GetObjectTagging':
      return [object('s3:GetObjectTagging')];
    case 'PutObjectTagging':
      return [object('s3:PutObjectTagging', [], tagKeys(tagsInXml(request.body)))];
    case 'DeleteObjectTagging':
      return [object('s3:DeleteObjectTagging')];
    case 'PutObject':
      return [write(['kms:GenerateDataKey'], true), ...tagsOfNew(request, on)];
    case 'CopyObject':
      return [...copied(request), write(['kms:GenerateDataKey'], true), ...tagsOfNew(request, on)];
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
    case 'CreateMultipartUpload':
      return [write(['kms:GenerateDataKey'], false), ...tagsOfNew(request, on)];
    case 'UploadPart':
      return [write(['kms:GenerateDataKey', 'kms:Decrypt'], false)];
    case 'CompleteMultipartUpload':
      return [write(['kms:Decrypt'], true)];
    case 'AbortMultipartUpload':
      return [object('s3:AbortMultipartUpload')];
    case 'DeleteObject':
      // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-delete-enforce.html
      return [
        object('s3:DeleteObject', [], conditionsOf(request)),
        ...((headerOf(request, 'if-match') ?? '*') === '*' ? [] : [object('s3:GetObject')]),
      ];
    case 'HeadBucket':
      return [{ action: 's3:ListBucket', on: bucketItself }];
    case 'ListObjects':
    case 'ListObjectsV2':
      return [{ action: 's3:ListBucket', on: bucketItself, context: listing(request) }];
    case 'ListObjectVersions':
      return [{ action: 's3:ListBucketVersions', on: bucketItself, context: listing(request) }];
    case 'GetBucketVersioning':
    case 'GetBucketLocation':
      return [{ action: `s3:${operation}`, on: bucketItself }];
    default:
      throw new Error(`Unknown operation ${operation}: see s3-permissions.ts.`);
  }
}

/** Decoded. */
export function placeOf(path: string): { readonly bucket: string; readonly key: string } {
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key) };
}

/**
 * A missing object is only reported to callers that may list; others are denied:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
function ifMissing({ status }: S3Request, bucket: string): readonly Permission[] {
  return status === 404 ? [{ action: 's3:ListBucket', on: { type: 'bucket', bucket } }] : [];
}

/** The reads of a copy: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
function copied(request: S3Request): readonly Permission[] {
  const [path = '', version] = (headerOf(request, 'x-amz-copy-source') ?? '').split('?versionId=');
  const on = { type: 'object', ...placeOf(`/${path.replace(/^\//, '')}`) } as const;
  const context: ContextKeys = version === undefined ? {} : { 's3:VersionId': decodeURIComponent(version) };
  const of = (action: string) => (version === undefined ? action : (ofVersion[action] ?? action));
  const replacesTags = headerOf(request, 'x-amz-tagging-directive') === 'REPLACE';
  return [
    { action: of('s3:GetObject'), on, context, keys: ['kms:Decrypt'] },
    ...(replacesTags ? [] : [{ action: of('s3:GetObjectTagging'), on, context }]),
  ];
}

/**
 * The tags that an object is written with. Of a copy they are those of the source, whatever they
 * are, where none are given.
 */
function tagsOfNew(request: S3Request, on: Permission['on']): readonly Permission[] {
  const header = headerOf(request, 'x-amz-tagging');
  if (header === undefined) {
    const isCopy = headerOf(request, 'x-amz-copy-source') !== undefined;
    const keepsTags = isCopy && headerOf(request, 'x-amz-tagging-directive') !== 'REPLACE';
    return keepsTags ? [{ action: 's3:PutObjectTagging', on }] : [];
  }
  return [{ action: 's3:PutObjectTagging', on, context: tagKeys([...new URLSearchParams(header)]) }];
}

function tagsInXml(xml: string): readonly (readonly [string, string])[] {
  return [...xml.matchAll(/<Key>(.*?)<\/Key><Value>(.*?)<\/Value>/gs)].map(([, name = '', value = '']) => [
    name,
    value,
  ]);
}

function tagKeys(tags: readonly (readonly [string, string])[]): ContextKeys {
  const each = tags.map(([name, value]) => [`s3:RequestObjectTag/${name}`, value]);
  return { 's3:RequestObjectTagKeys': tags.map(([name]) => name), ...Object.fromEntries(each) };
}

function conditionsOf(request: S3Request): ContextKeys {
  return Object.fromEntries(
    ['if-match', 'if-none-match', 'x-amz-storage-class'].flatMap((name) => {
      const value = headerOf(request, name);
      return value === undefined ? [] : [[`s3:${name}`, value]];
    }),
  );
}

function listing({ query }: S3Request): ContextKeys {
  return Object.fromEntries(
    ['prefix', 'delimiter', 'max-keys'].flatMap((name) => {
      const value = query.get(name);
      return value === null ? [] : [[`s3:${name}`, value]];
    }),
  );
}
