import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { signerContract } from '../../ports/signer.contract.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { openKnownKeys } from './known-keys.ts';
import { createLocalSigner, readLocalPublicKey, signingKeyFile } from './signing-key.ts';

signerContract(test, (t) => createLocalSigner(join(tempFolder(t), 'state')));

test('reading the public key creates none', (t) => {
  const stateDir = join(tempFolder(t), 'state');
  t.is(readLocalPublicKey(stateDir), null);
  t.false(existsSync(stateDir));
});

test('only the owner can access the key and its folder, and nothing else is left behind', async (t) => {
  const stateDir = join(tempFolder(t), 'state');
  await createLocalSigner(stateDir).sign(Buffer.from('a'));
  t.is(statSync(stateDir).mode & 0o777, 0o700);
  t.is(statSync(signingKeyFile(stateDir)).mode & 0o777, 0o600);
  t.deepEqual(readdirSync(stateDir), ['signing-key.pem']);
});

test('signers of one folder have one key, whichever process created it', async (t) => {
  const stateDir = tempFolder(t);
  const signers = Array.from({ length: 4 }, () => createLocalSigner(stateDir));
  const keys = await Promise.all(signers.map((signer) => signer.publicKey()));
  for (const key of keys) t.deepEqual(key, keys[0]);
  t.deepEqual(readLocalPublicKey(stateDir), keys[0]);
});

test('a key that others may read or write is not used', async (t) => {
  const stateDir = tempFolder(t);
  const signer = createLocalSigner(stateDir);
  await signer.publicKey();
  for (const mode of [0o640, 0o604, 0o620, 0o602]) {
    chmodSync(signingKeyFile(stateDir), mode);
    const expected = { code: 'ERR_SIGNING', message: /signing-key\.pem: other users .*chmod 600/ } as const;
    await t.throwsAsync(signer.sign(Buffer.from('a')), expected);
    t.throws(() => readLocalPublicKey(stateDir), expected);
  }
});

test('a file without a key over P-256 is refused with advice, and left unchanged', async (t) => {
  const stateDir = tempFolder(t);
  const file = signingKeyFile(stateDir);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
  for (const content of ['', 'no key', privateKey.export({ format: 'pem', type: 'pkcs8' })]) {
    writeFileSync(file, content, { mode: 0o600 });
    await t.throwsAsync(createLocalSigner(stateDir).sign(Buffer.from('a')), {
      code: 'ERR_SIGNING',
      message: /remove it/,
    });
    t.is(readFileSync(file, 'utf8'), String(content));
    rmSync(file);
  }
});

test('a dangling link in the place of the key is not followed', async (t) => {
  const [stateDir, elsewhere] = [tempFolder(t), tempFolder(t)];
  symlinkSync(join(elsewhere, 'stolen.pem'), signingKeyFile(stateDir));
  await t.throwsAsync(createLocalSigner(stateDir).sign(Buffer.from('a')), { code: 'ERR_SIGNING' });
  t.deepEqual(readdirSync(elsewhere), []);
});

test('a FIFO in the place of the key is refused at once', async (t) => {
  const stateDir = tempFolder(t);
  execFileSync('mkfifo', ['-m', '600', signingKeyFile(stateDir)]);
  await t.throwsAsync(createLocalSigner(stateDir).sign(Buffer.from('a')), { code: 'ERR_SIGNING', message: /a FIFO/ });
});

test('a key that was copied with the folder is set aside and reported once, and a new one signs', async (t) => {
  const [stateDir, target] = [tempFolder(t), tempFolder(t)];
  const theirs = await createLocalSigner(stateDir).publicKey();
  const pem = readFileSync(signingKeyFile(stateDir), 'utf8');
  // Another user, or another machine: the same folder, and another list.
  const knownKeys = openKnownKeys({ XDG_STATE_HOME: target });
  const notes: string[] = [];
  const signer = createLocalSigner(stateDir, { knownKeys, note: (message) => notes.push(message) });
  const ours = await signer.publicKey();
  t.notDeepEqual(ours, theirs);
  t.deepEqual(await signer.publicKey(), ours);
  t.true(knownKeys.has(ours));
  t.false(knownKeys.has(theirs));
  t.deepEqual(readLocalPublicKey(stateDir), ours);
  t.is(readFileSync(`${signingKeyFile(stateDir)}.unknown`, 'utf8'), pem);
  t.is(notes.length, 1);
  t.regex(notes[0] ?? '', /was not created by this user on this machine: it is now .*signing-key\.pem\.unknown/);
});

test('if no key can be recorded, a temporary one signs, and the folder is unchanged', async (t) => {
  const stateDir = tempFolder(t);
  const notes: string[] = [];
  const options = { knownKeys: openKnownKeys({}), note: (message: string) => notes.push(message) };
  const signer = createLocalSigner(stateDir, options);
  const spki = await signer.publicKey();
  const message = Buffer.from('a');
  const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  t.true(verify('sha256', message, { key, dsaEncoding: 'der' }, await signer.sign(message)));
  t.deepEqual(readdirSync(stateDir), []);
  t.is(notes.length, 1);
  await createLocalSigner(stateDir).publicKey();
  const pem = readFileSync(signingKeyFile(stateDir), 'utf8');
  t.notDeepEqual(await createLocalSigner(stateDir, options).publicKey(), readLocalPublicKey(stateDir));
  t.is(readFileSync(signingKeyFile(stateDir), 'utf8'), pem);
});
