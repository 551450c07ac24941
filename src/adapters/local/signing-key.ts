import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import { notRegular } from '../../files/not-regular.ts';
import { isOpenToOthers, makePrivateFolder, privateFileMode } from '../../files/private-files.ts';
import { codeOf } from '../../files/system-error.ts';
import type { Signer } from '../../ports/signer.ts';

const fileName = 'signing-key.pem';

/** The file that has the key pair of a state folder: PKCS #8 in PEM. */
export function signingKeyFile(stateDir: string): string {
  return join(stateDir, fileName);
}

/**
 * Signs with the key pair of a state folder. Folder and key are made when the key is first needed; processes that make one at the same time end up with the same.
 */
export function createLocalSigner(stateDir: string): Signer {
  return {
    publicKey: async () => spkiOf(readKey(stateDir) ?? makeKey(stateDir)),
    sign: async (message) =>
      sign('sha256', message, { key: readKey(stateDir) ?? makeKey(stateDir), dsaEncoding: 'der' }),
  };
}

/**
 * The public key of a state folder, as SPKI in DER; null where no key was made yet.
 * @throws RearviewError `ERR_SIGNING` where the file holds no such key, or others may read or write it
 */
export function readLocalPublicKey(stateDir: string): Uint8Array | null {
  const key = readKey(stateDir);
  return key === null ? null : spkiOf(key);
}

function spkiOf(key: KeyObject): Uint8Array {
  return createPublicKey(key).export({ format: 'der', type: 'spki' });
}

function readKey(stateDir: string): KeyObject | null {
  const file = signingKeyFile(stateDir);
  const pem = readPrivately(file);
  if (pem === null) return null;
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw unusable(file, `it is not a private key (${messageOf(cause)})`, cause);
  }
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw unusable(file, 'it is not an EC key over P-256');
  }
  return key;
}

/** The content of a file that nobody else may read or write; null where there is none. */
function readPrivately(file: string): string | null {
  let descriptor: number;
  try {
    // A FIFO in its place would be waited for.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw unusable(file, messageOf(cause), cause);
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw unusable(file, messageOf(notRegular(stats)));
    // Whoever can write it can have their own rulesets trusted, and whoever can read it can sign.
    if (isOpenToOthers(stats)) throw unusable(file, 'other users may read or write it');
    const self = process.getuid?.();
    if (self !== undefined && stats.uid !== self && stats.uid !== 0) {
      throw unusable(file, `it belongs to the user ${stats.uid}`);
    }
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

function makeKey(stateDir: string): KeyObject {
  const file = signingKeyFile(stateDir);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const temporary = `${file}.${randomBytes(8).toString('hex')}`;
  try {
    makePrivateFolder(stateDir);
    // Exclusive: it follows no link that another user may have put there.
    const descriptor = openSync(temporary, 'wx', privateFileMode);
    try {
      writeFileSync(descriptor, privateKey.export({ format: 'pem', type: 'pkcs8' }));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    try {
      // Whole or not at all, and never over the key of another process.
      linkSync(temporary, file);
    } finally {
      rmSync(temporary, { force: true });
    }
  } catch (cause) {
    if (codeOf(cause) !== 'EEXIST') throw unusable(file, messageOf(cause), cause);
  }
  const key = readKey(stateDir);
  if (key === null) throw unusable(file, 'it is gone as soon as it is made');
  return key;
}

function unusable(file: string, why: string, cause?: unknown): RearviewError {
  return new RearviewError(
    'ERR_SIGNING',
    `Cannot use the signing key ${file}: ${why}. Make it a file that only you may read (chmod 600), or remove it: a new key is made, and rulesets that the old one signed are compiled from their sources until they are built or published again.`,
    { cause },
  );
}
