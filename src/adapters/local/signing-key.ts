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
/** Suffix of a key that is set aside. */
const unknownSuffix = '.unknown';

/** The file with the key pair of a state folder: PKCS #8 in PEM. */
export function signingKeyFile(stateDir: string): string {
  return join(stateDir, fileName);
}

export interface LocalSignerOptions {
  /** Default: the list of the user of this process. */
  readonly knownKeys?: KnownKeys;
  /** Called with the reason if another key than that of the folder signs. */
  readonly note?: (message: string) => void;
}

/**
 * Signs with the key pair of a state folder. Folder and key are created on first use; processes
 * that do so at the same time end up with the same.
 *
 * An unlisted key was copied with the folder, for example from an archive. It is set aside as
 * `signing-key.pem.unknown`, and a new one is created. If no key can be recorded, a temporary key
 * signs, and the folder stays unchanged: nothing trusts the signature.
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
      // Listed before the key exists: no process sees an unlisted key of this user.
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
        `The signing key ${file} was not created by this user on this machine: it is now ${file}${unknownSuffix}, and a new one signs. Rulesets that it signed are compiled from their sources until they are published or built again.`,
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
 * The public key of a state folder, as SPKI in DER; null if none exists yet.
 * @throws RearviewError `ERR_SIGNING` if the file does not contain such a key, or others may read
 *   or write it
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

/** The content of a file that no other user may read or write; null if there is none. */
function readPrivately(file: string): string | null {
  let descriptor: number;
  try {
    // A FIFO in its place could block, and a link would lead to another key.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw unusable(file, messageOf(cause), cause);
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw unusable(file, messageOf(notRegular(stats)));
    // A user who can write it can make their own rulesets trusted, and one who can read it can
    // sign.
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

/** Puts a key in its place, or returns the one that another process has put there meanwhile. */
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
      // Completely or not at all, and never over the key of another process.
      linkSync(temporary, file);
    } finally {
      rmSync(temporary, { force: true });
    }
  } catch (cause) {
    if (codeOf(cause) !== 'EEXIST') throw unusable(file, messageOf(cause), cause);
  }
  const key = readKey(stateDir);
  if (key === null) throw unusable(file, 'it disappears as soon as it is created');
  return key;
}

function unusable(file: string, why: string, cause?: unknown): RearviewError {
  return new RearviewError(
    'ERR_SIGNING',
    `Cannot use the signing key ${file}: ${why}. Make it readable only by you (chmod 600), or remove it: a new key is then created, and rulesets that the old one signed are compiled from their sources until they are built or published again.`,
    { cause },
  );
}
