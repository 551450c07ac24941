import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
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
import { createLocalSigner, readLocalPublicKey, signingKeyFile } from './signing-key.ts';

signerContract(test, (t) => createLocalSigner(join(tempFolder(t), 'state')));

test('reading the public key makes none', (t) => {
  const stateDir = join(tempFolder(t), 'state');
  t.is(readLocalPublicKey(stateDir), null);
  t.false(existsSync(stateDir));
});

test('the key is for its owner only, in a folder for its owner only, and nothing else is left behind', async (t) => {
  const stateDir = join(tempFolder(t), 'state');
  await createLocalSigner(stateDir).sign(Buffer.from('a'));
  t.is(statSync(stateDir).mode & 0o777, 0o700);
  t.is(statSync(signingKeyFile(stateDir)).mode & 0o777, 0o600);
  t.deepEqual(readdirSync(stateDir), ['signing-key.pem']);
});

test('signers of one folder have one key, whoever made it', async (t) => {
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

test('what is not a key over P-256 is refused with the way out, and stays as it is', async (t) => {
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
