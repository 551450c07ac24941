import { headerOf, type RecordedRequest } from './recorded-request.ts';

type S3Request = Pick<RecordedRequest, 'method' | 'path' | 'query' | 'headers'>;

/** Parts of queries that name no resource of their own. */
const parameters = new Set([
  ...['x-id', 'versionId', 'partNumber', 'list-type', 'prefix', 'delimiter', 'max-keys', 'encoding-type'],
  ...['start-after', 'continuation-token', 'fetch-owner', 'key-marker', 'version-id-marker', 'marker'],
]);

const ofObject: Readonly<Record<string, string>> = {
  'GET ': 'GetObject',
  'GET tagging': 'GetObjectTagging',
  'GET attributes': 'GetObjectAttributes',
  'GET uploadId': 'ListParts',
  'HEAD ': 'HeadObject',
  'PUT ': 'PutObject',
  'PUT tagging': 'PutObjectTagging',
  'PUT uploadId': 'UploadPart',
  'POST uploads': 'CreateMultipartUpload',
  'POST uploadId': 'CompleteMultipartUpload',
  'DELETE ': 'DeleteObject',
  'DELETE tagging': 'DeleteObjectTagging',
  'DELETE uploadId': 'AbortMultipartUpload',
};

const ofBucket: Readonly<Record<string, string>> = {
  'HEAD ': 'HeadBucket',
  'GET ': 'ListObjects',
  'GET versions': 'ListObjectVersions',
  'GET versioning': 'GetBucketVersioning',
  'GET location': 'GetBucketLocation',
  'GET uploads': 'ListMultipartUploads',
};

/**
 * The operation of the S3 API that a request is:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 * @throws Error for an unknown operation
 */
export function s3OperationOf(request: S3Request): string {
  const { method, path, query } = request;
  const resources = [...query.keys()].filter((name) => !parameters.has(name));
  const isObject = /^\/[^/]+\/./s.test(path);
  const found = (isObject ? ofObject : ofBucket)[`${method} ${resources.join(' ')}`];
  if (found === undefined) throw new Error(`Unknown request ${method} ${path}?${query}: see s3-operation.ts.`);
  const isCopy = headerOf(request, 'x-amz-copy-source') !== undefined;
  if (isCopy) return found === 'UploadPart' ? 'UploadPartCopy' : 'CopyObject';
  return found === 'ListObjects' && query.get('list-type') === '2' ? 'ListObjectsV2' : found;
}
