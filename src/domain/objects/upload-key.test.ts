import test from 'ava';
import fc from 'fast-check';
import { decodePath, encodePath } from './path-key.ts';
import { isStorableKey, keyBelow, uploadKey } from './upload-key.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
/** A file name: any bytes but the slash and NUL. */
const name = fc
  .uint8Array({ minLength: 1, maxLength: 6 })
  .map((each) => Buffer.from(each.map((byte) => (byte === 0 || byte === 0x2f ? 0x5c : byte))))
  .filter((each) => !['.', '..'].includes(each.toString('latin1')));
const below = fc
  .array(name, { maxLength: 3 })
  .map((names) => Buffer.concat(names.flatMap((each) => [bytes('/'), each])));
const prefix = fc.constantFrom('', 'p', 'p/', 'mail/2026-01', '/');

test('each file below a root has its own key, which identifies its path', (t) => {
  fc.assert(
    fc.property(prefix, name, below, (folder, root, rest) => {
      const place = { given: root, root: Buffer.concat([bytes('/srv/'), root]) };
      const key = uploadKey(folder, { ...place, location: Buffer.concat([place.root, rest]) });
      const start = folder === '' || folder.endsWith('/') ? folder : `${folder}/`;
      t.true(key.startsWith(start));
      t.deepEqual(decodePath(key.slice(start.length)), Buffer.concat([root, rest]));
    }),
  );
});

test('the spelling of a root and a slash at the end of the prefix do not change keys', (t) => {
  fc.assert(
    fc.property(name, below, (last, rest) => {
      const root = Buffer.concat([bytes('/srv/'), last]);
      const location = Buffer.concat([root, rest]);
      const keyOf = (given: Buffer, folder: string) => uploadKey(folder, { given, root, location });
      const expected = keyOf(root, 'p');
      for (const end of ['', '/', '//']) {
        for (const start of ['', '../', '../x/', '/srv/']) {
          t.is(keyOf(Buffer.concat([bytes(start), last, bytes(end)]), 'p/'), expected);
        }
      }
      for (const given of ['.', '../', '..', 'a/..', '/']) t.is(keyOf(bytes(given), 'p'), expected);
    }),
  );
});

test('a link that was named keeps its own name', (t) => {
  const place = { root: bytes('/srv/2026-01-31'), location: bytes('/srv/2026-01-31/a') };
  for (const given of ['today', 'today/', './today//'])
    t.is(uploadKey('', { ...place, given: bytes(given) }), 'today/a');
});

test('without a name, keys start below the folder', (t) => {
  fc.assert(
    fc.property(name, below, (last, rest) => {
      const root = Buffer.concat([bytes('/srv/'), last]);
      t.is(keyBelow({ root, location: Buffer.concat([root, rest]) }), encodePath(rest.subarray(1)));
    }),
  );
  t.is(keyBelow({ root: bytes('/'), location: bytes('/a/b') }), 'a/b');
  t.is(uploadKey('', { given: bytes('/'), root: bytes('/'), location: bytes('/a/b') }), 'a/b');
});

test('a path that is too long for a key has a key of its own, with prefix and file name', (t) => {
  const keyOf = (folder: string, path: string) =>
    uploadKey(folder, { given: bytes('in'), root: Buffer.from('/srv/in'), location: Buffer.from(`/srv/in/${path}`) });
  const deep = `${'数据文件夹/'.repeat(150)}`;
  for (const folder of ['', 'hosts/web-1', 'p'.repeat(700)]) {
    const keys = ['a', 'b'].map((each) => keyOf(folder, `${deep}${each}/${deep}evil.exe`));
    t.is(new Set(keys).size, 2);
    for (const key of keys) {
      t.true(isStorableKey(key));
      t.true(key.startsWith(folder) && key.endsWith('/evil.exe'), key);
    }
  }
  t.is(keyOf('', 'x'.repeat(1021)), `in/${'x'.repeat(1021)}`);
  t.false(isStorableKey(keyOf('p'.repeat(1024), 'a')), 'a prefix is not shortened');
});

test('keys have 1 to 1,024 bytes of well-formed text', (t) => {
  for (const key of ['', 'a'.repeat(1025), 'ü'.repeat(513), 'lone\ud800']) t.false(isStorableKey(key));
  for (const key of ['a', 'a'.repeat(1024), 'ü'.repeat(512)]) t.true(isStorableKey(key));
});
