import test from 'ava';
import type { MetaEntry, MetaValue } from '../../domain/rulesets/rule.ts';
import { metaHashes } from './meta-hashes.ts';

const md5 = '0123456789abcdef0123456789abcdef';
const sha1 = `${md5}01234567`;
const sha256 = `${md5}${md5}`;
const hashesOf = (...meta: readonly (readonly [string, MetaValue])[]) =>
  metaHashes({ meta: meta.map(([identifier, value]): MetaEntry => ({ identifier, value })) });

test('the length of a value determines the algorithm, whatever the identifier is', (t) => {
  t.deepEqual(hashesOf(['hash', md5], ['sha256', sha1], ['md5', sha256]), [
    { hash: md5, algorithm: 'md5' },
    { hash: sha1, algorithm: 'sha1' },
    { hash: sha256, algorithm: 'sha256' },
  ]);
});

for (const identifier of [
  ...['hash', 'hash1', 'hash_2', 'hashes', 'Hash', 'md5', 'MD5_1', 'sha1', 'sha256', 'SHA256_12', 'sha2563', 'md5sum'],
  ...['sample', 'samples', 'sample1', 'reference_sample', 'sample_md5', 'hash_sha256_1', 'file_hash', 'filehash'],
  ...['exemplar_hashes', 'yarahub_reference_md5', 'reference_hash', 'malware_hash', 'samplehash'],
]) {
  test(`${identifier} names a file`, (t) => {
    t.deepEqual(hashesOf([identifier, sha256]), [{ hash: sha256, algorithm: 'sha256' }]);
  });
}

for (const identifier of [
  ...['fingerprint', 'logic_hash', 'rule_hash', 'imphash', 'import_hash', 'malpedia_hash', 'icon_hash', 'commit'],
  ...['id', 'reference', 'description', 'rich_header_hash', 'not_sample', 'unpacked_sample_sha1', 'dropper_hash', '_'],
]) {
  test(`${identifier} names no file that the rule should match`, (t) => {
    t.deepEqual(hashesOf([identifier, sha256]), []);
  });
}

test('hashes are lower case, each once, in the order of the rule', (t) => {
  t.deepEqual(
    hashesOf(['hash', sha1.toUpperCase()], ['hash', md5], ['sha1', sha1]).map(({ hash }) => hash),
    [sha1, md5],
  );
});

test('a value may be a list, with the algorithm before each hash', (t) => {
  const listed = (value: string) => hashesOf(['hash', value]).map(({ hash }) => hash);
  for (const separator of [',', ' ', ', ', ';', '|', '\n\t']) {
    t.deepEqual(listed(`${md5}${separator}${sha256}`), [md5, sha256], JSON.stringify(separator));
  }
  t.deepEqual(listed(`MD5: ${md5} sha-256:${sha256} SHA1=${sha1}`), [md5, sha256, sha1]);
});

test('values that are not hashes are ignored', (t) => {
  t.deepEqual(
    hashesOf(
      ['hash', `${md5.slice(1)}g`],
      ['hash', `${md5}0`],
      ['hash', `x${md5}x`],
      ['hash', ''],
      ['sample', `https://example.invalid/${sha256}`],
      ['hash', 12],
      ['hash', true],
    ),
    [],
  );
});
