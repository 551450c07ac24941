import { isDeepStrictEqual } from 'node:util';
import { constants, zstdCompressSync } from 'node:zlib';
import type { RuleSource } from '../domain/rulesets/rule.ts';
import type { Ruleset, RulesetImage } from '../domain/rulesets/ruleset.ts';
import {
  format,
  hashOf,
  headEnd,
  lengthAt,
  magic,
  parseRulesetFile,
  type RulesetFile,
} from './file/parse-ruleset-file.ts';
import { headerSchema, sourcesSchema } from './file/ruleset-header.ts';
import {
  encodeSignatures,
  type RulesetSignature,
  signedMessage,
  type TrustedKeys,
  verifies,
} from './file/ruleset-signature.ts';
import { unusable } from './file/ruleset-unusable.ts';
import { buildRuleset, isRulesetId } from './ruleset.ts';

/** What a ruleset may unpack to, in bytes: far above any real one, and a bound to what a hostile file can make of itself. */
const maxUnpackedBytes = 512 * 1024 * 1024;
const compression = { params: { [constants.ZSTD_c_compressionLevel]: 19 } };

/** A ruleset as bytes, but for its signatures. */
export interface PackedRuleset {
  /** What is to be signed. Equal rulesets give equal messages, whatever the order of their fields. */
  readonly message: Uint8Array;
  /** The file. Equal signatures give equal bytes. */
  seal(signatures: readonly RulesetSignature[]): Uint8Array;
}

/** Packs a ruleset, to be signed. */
export function packRuleset(ruleset: Ruleset): PackedRuleset {
  const { image = null } = ruleset;
  const sources = zstdCompressSync(JSON.stringify(sourcesSchema.parse(ruleset.sources)), compression);
  const header = Buffer.from(
    JSON.stringify(
      headerSchema.parse({
        ...ruleset,
        sources: partOf(sources),
        image: image === null ? null : { ...image, ...partOf(image.memory) },
      }),
    ),
  );
  return {
    message: signedMessage(header),
    seal(signatures) {
      const signed = encodeSignatures(signatures);
      const head = Buffer.alloc(headEnd + 4);
      magic.copy(head);
      head.writeUInt32LE(format, magic.length);
      head.writeUInt32LE(header.length, lengthAt);
      head.write(hashOf(header), lengthAt + 4, 'hex');
      head.writeUInt32LE(signed.length, headEnd);
      return Buffer.concat([head, header, signed, sources, image?.memory ?? new Uint8Array()]);
    },
  };
}

/** A ruleset as bytes, unsigned by default. */
export function encodeRuleset(ruleset: Ruleset, signatures: readonly RulesetSignature[] = []): Uint8Array {
  return packRuleset(ruleset).seal(signatures);
}

export interface LoadOptions {
  /** Default: none. */
  readonly trusted?: TrustedKeys;
  /** Lower-case hex SHA-256 that the whole file has to have to be used as it is. Default: any. */
  readonly sha256?: string | null;
  /** Uses the image of a file that is not authentic: that is running code of whoever made the file. Default: false. */
  readonly trustImage?: boolean;
  /** Of the sources, unpacked: what is larger cannot be used. Default: 512 MiB. */
  readonly maxSourceBytes?: number;
}

/** Why a file is not used as it is. */
export interface Distrust {
  /** `replaced`: it is not the very file that was asked for. */
  readonly kind: 'unsigned' | 'replaced';
  /** To go on after "it is not used as it is: ". */
  readonly why: string;
  /** Parts that are not used, though they are there: an image, a manifest that says something else than the sources. */
  readonly dropped: readonly ('image' | 'manifest')[];
}

/** A ruleset as it may be used. */
export interface LoadedRuleset {
  readonly ruleset: Ruleset;
  /** Null where the file is authentic, and was taken as it is. */
  readonly distrust: Distrust | null;
  /** What is wrong with the image, where it is damaged; the ruleset comes without it. */
  readonly imageDamage: string | null;
  readonly file: RulesetFile;
}

/**
 * The rule by which every ruleset file is read: one with a valid signature of a trusted key is used as it is. Of any other nothing is believed but the sources,
 * which the id has to fit: the manifest is derived from them, and the image, which is code, is left.
 *
 * The sources of a file that is used as it is are unpacked when they are first asked for: whoever scans from the image never does.
 * @throws RearviewError `ERR_RULESET_UNUSABLE` where the bytes are no ruleset, are damaged, or have another format, `ERR_RULES_INVALID` where the
 * sources cannot be split into rules. `sources` of an authentic ruleset throws the former where they are not what the id says.
 */
export function loadRuleset(bytes: Uint8Array, options: LoadOptions = {}): LoadedRuleset {
  const { trusted = new Map(), sha256 = null, trustImage = false, maxSourceBytes = maxUnpackedBytes } = options;
  const file = parseRulesetFile(bytes);
  const { id, engine, rules } = file;
  const why = doubtOf(file, trusted);
  const found = sha256 === null ? sha256 : hashOf(bytes);
  const { image, imageDamage } = imageOf(file);
  if (why === null && found === sha256) {
    let sources: readonly RuleSource[] | undefined;
    const ruleset: Ruleset = {
      ...{ id, engine, rules, image },
      get sources() {
        sources ??= file.unpackSources(maxSourceBytes);
        return sources;
      },
    };
    return { ruleset, distrust: null, imageDamage, file };
  }
  const derived = buildRuleset(file.unpackSources(maxSourceBytes), engine);
  if (!isRulesetId(id, derived.sources, engine))
    throw unusable('it is not what its id says: its sources are not in order');
  const isImageDropped = image !== null && !trustImage;
  const isManifestDropped = !isDeepStrictEqual(derived.rules, rules);
  const distrust: Distrust = {
    ...(found === sha256
      ? { kind: 'unsigned', why: why ?? '' }
      : { kind: 'replaced', why: `its SHA-256 is ${found}, and the file that was published has ${sha256}` }),
    dropped: [...(isImageDropped ? (['image'] as const) : []), ...(isManifestDropped ? (['manifest'] as const) : [])],
  };
  return { ruleset: { ...derived, id, image: trustImage ? image : null }, distrust, imageDamage, file };
}

/**
 * The ruleset that `loadRuleset` makes of a file.
 * @throws RearviewError as `loadRuleset`
 */
export function decodeRuleset(bytes: Uint8Array, options: LoadOptions = {}): Ruleset {
  return loadRuleset(bytes, options).ruleset;
}

/** Why a file is not authentic; null where it is. */
function doubtOf({ signatures, message }: RulesetFile, trusted: TrustedKeys): string | null {
  if (signatures === null) return 'its signature is damaged';
  if (signatures.length === 0) return 'it is not signed';
  const known = signatures.flatMap(({ keyId, signature }) => {
    const key = trusted.get(keyId);
    return key === undefined ? [] : [{ key, signature }];
  });
  if (known.some(({ key, signature }) => verifies(key, message, signature))) return null;
  if (known.length > 0) return 'its signature does not fit its content';
  const keys = signatures.map(({ keyId }) => keyId.slice(0, 12)).join(', ');
  return `it is signed with the key ${keys}, which is not trusted here`;
}

function imageOf({ image }: RulesetFile): {
  readonly image: RulesetImage | null;
  readonly imageDamage: string | null;
} {
  return typeof image === 'string' ? { image: null, imageDamage: image } : { image, imageDamage: null };
}

function partOf(bytes: Uint8Array): { readonly bytes: number; readonly sha256: string } {
  return { bytes: bytes.length, sha256: hashOf(bytes) };
}
