import test from 'ava';
import fc from 'fast-check';
import { hasCode } from '../errors.ts';
import { formatS3Url, isPrefix, isS3Url, parseS3Url } from './s3-url.ts';

test('a bucket, a prefix, a key and a version of a key are distinguished', (t) => {
  const all = ['s3://b-1', 's3://b-1/', 's3://b-1/x/', 's3://b-1/x', 's3://b-1//x', 's3://b-1/x/?versionId=v1'];
  t.deepEqual(
    all.map((each) => [parseS3Url(each).key, parseS3Url(each).version, isPrefix(parseS3Url(each))]),
    [
      ['', null, true],
      ['', null, true],
      ['x/', null, true],
      ['x', null, false],
      ['/x', null, false],
      ['x/', 'v1', false],
    ],
  );
});

test('a key is read literally: nothing in it is decoded', (t) => {
  for (const key of ['a b', 'a+b', 'a%20b', 'ü', '#x', '?x=1', 'a?versionId=1/b', '\n', 's3://b-1/x']) {
    t.deepEqual(parseS3Url(`s3://b-1/${key}`), { bucket: 'b-1', key, version: null });
  }
});

test('the last of several versions counts, so a key may end like a version', (t) => {
  t.deepEqual(parseS3Url('s3://b-1/a?versionId=1?versionId=2'), {
    bucket: 'b-1',
    key: 'a?versionId=1',
    version: '2',
  });
});

test('a URL without a bucket, with an empty version or with a version of no key is refused', (t) => {
  for (const text of [
    ...['s3://', 's3:///key', 's3://b', 's3://b-1?versionId=x', 's3://b-1/?versionId=x', 's3://b-1/x?versionId='],
    ...['https://b-1/x', 's3:/b-1/x', 'x', 's3://-b1/x', 's3://b 1/x'],
  ]) {
    t.true(
      hasCode(
        t.throws(() => parseS3Url(text)),
        'ERR_USAGE',
      ),
      text,
    );
  }
});

test('only a text that starts with s3:// is an S3 URL', (t) => {
  t.deepEqual(['s3://', 's3:/x', './s3://b-1', 'S3://b-1'].map(isS3Url), [true, false, false, false]);
});

test('every key and version can be parsed from its text', (t) => {
  const bucket = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{2,20}$/);
  const version = fc.option(fc.stringMatching(/^[A-Za-z0-9._-]{1,20}$/));
  const key = fc.string({ unit: 'binary', minLength: 1 });
  fc.assert(
    fc.property(bucket, key, version, (...[inBucket, ofKey, id]) => {
      const url = { bucket: inBucket, key: ofKey, version: id };
      t.deepEqual(parseS3Url(formatS3Url(url)), url);
    }),
  );
});
