import { decodeFormKey } from '../../../src/adapters/aws/s3/form-key.ts';
import { arrivedAtOf } from '../../../src/adapters/aws/s3/s3-version.ts';
import { decodePath, encodePath } from '../../../src/domain/objects/path-key.ts';
import { formatS3Url, isS3Url, parseS3Url } from '../../../src/domain/objects/s3-url.ts';
import { isStorableKey, uploadKey } from '../../../src/domain/objects/upload-key.ts';
import { externalsOf } from '../../../src/domain/rulesets/externals.ts';
import { bytesOfData, maxStringDataBytes, renderData } from '../../../src/domain/scans/match.ts';
import { encodeS3Key } from '../../../src/testing/s3/s3-events.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';

/** Names of objects can be restored from every notation. */
export const target: FuzzTarget = {
  name: 'object-names',
  of: [
    'src/domain/objects/s3-url.ts',
    'src/domain/objects/path-key.ts',
    'src/domain/objects/upload-key.ts',
    'src/domain/scans/match.ts',
  ],
  syntax: 'text',
  seeds: () => [
    's3://corpus/in/a b+c%20/ü.txt?versionId=abc',
    's3://corpus',
    '/srv/in/../a//b.exe',
    '%41%ff\\x00',
    Buffer.of(0xff, 0x2f, 0x00, 0x25),
  ],
  words: [
    's3://',
    's3://bucket/',
    '?versionId=',
    '?versionId=a',
    '/',
    '//',
    '.',
    '..',
    '%',
    '%2F',
    '\\',
    '\\x41',
    '\0',
    '\ufeff',
    'C:\\',
    '?',
    '&',
    '=',
  ],
  maxBytes: 8192,
  run(input) {
    const text = input.toString();
    require(decodePath(encodePath(input)).equals(input), 'a path comes back from its key');
    const data = input.subarray(0, maxStringDataBytes);
    require(Buffer.from(bytesOfData(renderData(input))).equals(data), 'matched bytes come back from their text');
    if (text.isWellFormed()) require(decodeFormKey(encodeS3Key(text)) === text, 'a key comes back from its encoding');
    decodeFormKey(text);
    const { filename, extension } = externalsOf(text);
    require(text.endsWith(filename) && filename.endsWith(extension), 'a file has the name that its path ends with');
    isStorableKey(text);
    const root = Buffer.from('/srv');
    uploadKey('', { given: input, root, location: Buffer.concat([root, input]) });
    arrivedAtOf(new Date(input.length));
    if (!isS3Url(text)) return 'a name';
    const url = parseS3Url(text);
    const again = parseS3Url(formatS3Url(url));
    require(JSON.stringify(again) === JSON.stringify(url), 'a URL that is written again is read the same');
    return 'a URL';
  },
};
