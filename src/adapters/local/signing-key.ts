import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { hasCode, messageOf, RearviewError } from '../../domain/errors.ts';
import { notRegular } from '../../files/not-regular.ts';
import { isForeign, isOpenToOthers, privateFileMode } from '../../files/private-files.ts';
import { codeOf } from '../../files/system-error.ts';
import type { Signer } from '../../ports/signer.ts';
import { type KnownKeys, openKnownKeys } from './known-keys.ts';
import { makeStateFolder, requireOwnStateFolder } from './state-folder.ts';

const fileName = 'signing-key.pem';
/** After the name of a key that is set aside. */
const unknownSuffix = '.unknown';

/** The file that has the key pair of a state folder: PKCS #8 in PEM. */
export function signingKeyFile(stateDir: string): string {
  return join(stateDir, fileName);
}

export interface LocalSignerOptions {
  /** Default: the list of the user of this process. */
  readonly knownKeys?: KnownKeys;
  /** Called where another key than that of the folder signs, with the reason. */
  readonly note?: (message: string) => void;
}

/**
 * Signs with the key pair of a state folder. Folder and key are made when the key is first needed; processes that make one at the same time end up with the same.
 *
 * A key that is not among the known ones came with the folder, from an archive or a copy. It is set aside as `signing-key.pem.unknown`, and a new one is made.
 * Where no key can be noted, a key signs that ends with the signer, and the folder stays as it is: nothing trusts the signature.
 */
export function createLocalSigner(stateDir: string, options: LocalSignerOptions = {}): Signer {
  const { knownKeys = openKnownKeys(), note = () => undefined } = options;
  let fleeting: KeyObject | null = null;
  const useKey = (): KeyObject => {
    if (fleeting !== null) return fleeting;
    requireOwnStateFolder(stateDir);
    const found = readKey(stateDir);
    if (found !== null && knownKeys.has(spkiOf(found))) return found;
    makeStateFolder(stateDir);
    const file = signingKeyFile(stateDir);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    try {
      // Before the key is there: no process sees a key of ours that is not listed yet.
      knownKeys.add(spkiOf(privateKey), file);
    } catch (error) {
      if (!hasCode(error, 'ERR_SIGNING')) throw error;
      note(error.message);
      fleeting = privateKey;
      return fleeting;
    }
    if (found !== null) {
      setAside(file);
      note(
        `The signing key ${file} was not made by this user on this machine: it is now ${file}${unknownSuffix}, and a new one signs. Rulesets that it signed are compiled from their sources until they are published or built again.`,
      );
    }
    return placeKey(stateDir, privateKey);
  };
  return {
    publicKey: async () => spkiOf(useKey()),
    sign: async (message) => sign('sha256', message, { key: useKey(), dsaEncoding: 'der' }),
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
    // A FIFO in its place would be waited for, and a link would lead to a key of another place.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw unusable(file, messageOf(cause), cause);
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw unusable(file, messageOf(notRegular(stats)));
    // Whoever can write it can have their own rulesets trusted, and whoever can read it can sign.
    if (isOpenToOthers(stats)) throw unusable(file, 'other users may read or write it');
    if (isForeign(stats)) throw unusable(file, `it belongs to the user ${stats.uid}`);
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

function setAside(file: string): void {
  try {
    renameSync(file, `${file}${unknownSuffix}`);
  } catch (cause) {
    // Another process has just done so.
    if (codeOf(cause) !== 'ENOENT') throw unusable(file, messageOf(cause), cause);
  }
}

/** Puts a key in its place, or answers the one that another process has put there meanwhile. */
function placeKey(stateDir: string, privateKey: KeyObject): KeyObject {
  const file = signingKeyFile(stateDir);
  const temporary = `${file}.${randomBytes(8).toString('hex')}`;
  try {
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
