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

/**
 * Maximum decompressed size of a ruleset in bytes: far above any real one, and a limit for hostile
 * files.
 */
const maxUnpackedBytes = 512 * 1024 * 1024;
/** Levels of zstd. The highest takes seconds for thousands of rules. */
const levels = { strong: 19, fast: 3 };

export interface PackOptions {
  /** `strong` for a file that is downloaded; `fast` for one that stays on this machine. Default: strong. */
  readonly compression?: keyof typeof levels;
}

/** An encoded ruleset without its signatures. */
export interface PackedRuleset {
  /**
   * The message to sign. Equal rulesets give equal messages, whatever the order of their fields.
   */
  readonly message: Uint8Array;
  /** Returns the file. Equal signatures give equal bytes. */
  seal(signatures: readonly RulesetSignature[]): Uint8Array;
}

/** Encodes a ruleset for signing. */
export function packRuleset(ruleset: Ruleset, { compression = 'strong' }: PackOptions = {}): PackedRuleset {
  const { image = null } = ruleset;
  const sources = zstdCompressSync(JSON.stringify(sourcesSchema.parse(ruleset.sources)), {
    params: { [constants.ZSTD_c_compressionLevel]: levels[compression] },
  });
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

/** Encodes a ruleset, unsigned by default. */
export function encodeRuleset(
  ruleset: Ruleset,
  signatures: readonly RulesetSignature[] = [],
  options: PackOptions = {},
): Uint8Array {
  return packRuleset(ruleset, options).seal(signatures);
}

export interface LoadOptions {
  /** Default: none. */
  readonly trusted?: TrustedKeys;
  /** Lower-case hex SHA-256 that the whole file must have to be used unchanged. Default: any. */
  readonly sha256?: string | null;
  /**
   * Uses the image of a file that is not authentic. This runs code by the author of the file.
   * Default: false.
   */
  readonly trustImage?: boolean;
  /** Limit on the decompressed sources: larger ones are refused. Default: 512 MiB. */
  readonly maxSourceBytes?: number;
}

/** The reason why a file is not used unchanged. */
export interface Distrust {
  /** `replaced`: it is not the requested file. */
  readonly kind: 'unsigned' | 'replaced';
  /** Continues the sentence "it is not used as it is: ". */
  readonly why: string;
  /** Parts that are present and not used: an image, a manifest that contradicts the sources. */
  readonly dropped: readonly ('image' | 'manifest')[];
}

/** A ruleset in the form in which it may be used. */
export interface LoadedRuleset {
  readonly ruleset: Ruleset;
  /** Null if the file is authentic and was used unchanged. */
  readonly distrust: Distrust | null;
  /** Damage of the image; the ruleset is returned without it. */
  readonly imageDamage: string | null;
  readonly file: RulesetFile;
}

/**
 * Loads a ruleset file. All ruleset files are loaded this way. A file with a valid signature of a
 * trusted key is used unchanged. For any other, only the sources are used, and they must match the
 * id: the manifest is derived from them, and the image, which is code, is ignored.
 *
 * The sources of a file that is used unchanged are decompressed on first use. Scans from the image
 * never need them.
 * @throws RearviewError `ERR_RULESET_UNUSABLE` if the bytes are not a ruleset, are damaged, or have
 *   the format of a later version; `ERR_RULES_INVALID` if the sources cannot be split into rules.
 *   `sources` of an authentic ruleset throws the former if they do not match the id.
 */
export function loadRuleset(bytes: Uint8Array, options: LoadOptions = {}): LoadedRuleset {
  const { trusted = new Map(), sha256 = null, trustImage = false, maxSourceBytes = maxUnpackedBytes } = options;
  const file = parseRulesetFile(bytes);
  const { id, engine, rules, leftOut } = file;
  const why = doubtOf(file, trusted);
  const found = sha256 === null ? sha256 : hashOf(bytes);
  const { image, imageDamage } = imageOf(file);
  if (why === null && found === sha256) {
    let sources: readonly RuleSource[] | undefined;
    const ruleset: Ruleset = {
      ...{ id, engine, rules, image },
      ...(leftOut === undefined ? {} : { leftOut }),
      get sources() {
        sources ??= file.unpackSources(maxSourceBytes);
        return sources;
      },
    };
    return { ruleset, distrust: null, imageDamage, file };
  }
  const derived = buildRuleset(file.unpackSources(maxSourceBytes), engine);
  if (!isRulesetId(id, derived.sources, engine))
    throw unusable('it does not match its id: its sources are not in order');
  const isImageDropped = image !== null && !trustImage;
  const isManifestDropped = !isDeepStrictEqual(derived.rules, rules);
  const distrust: Distrust = {
    ...(found === sha256
      ? { kind: 'unsigned', why: why ?? '' }
      : { kind: 'replaced', why: `its SHA-256 is ${found}, and that of the published file is ${sha256}` }),
    dropped: [...(isImageDropped ? (['image'] as const) : []), ...(isManifestDropped ? (['manifest'] as const) : [])],
  };
  return { ruleset: { ...derived, id, image: trustImage ? image : null }, distrust, imageDamage, file };
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
  if (known.length > 0) return 'its signature does not match its content';
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
