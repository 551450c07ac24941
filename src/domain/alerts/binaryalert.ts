import type { MetaValue } from '../rulesets/rule.ts';
import { bytesOfData } from '../scans/match.ts';
import type { Alert, CutAlert } from './alert.ts';

/**
 * An alert in the format of BinaryAlert. Source: `summary` in
 * https://github.com/airbnb/binaryalert/blob/master/lambda_functions/analyzer/binary_info.py
 */
export interface BinaryAlert {
  readonly FileInfo: {
    readonly MD5: string;
    /** A time as Python prints it: `2017-09-16 00:25:37+00:00`. */
    readonly S3LastModified: string;
    /** `S3:bucket:key`. */
    readonly S3Location: string;
    readonly S3Metadata: { readonly filepath: string };
    readonly SHA256: string;
  };
  readonly MatchedRules: { readonly Rule1: BinaryAlertRule };
  readonly NumMatchedRules: 1;
  /**
   * Not a field of BinaryAlert. Present only if the alert was cut, with the fields of `CutAlert`.
   */
  readonly Cut?: {
    readonly Full: string;
    readonly StringsTotal: number;
    readonly MetaTotal?: number;
    readonly TagsTotal?: number;
    readonly Shortened?: readonly string[];
  };
}

export interface BinaryAlertRule {
  /**
   * The matched data, each once, sorted: text if the bytes are UTF-8, hex otherwise. At most the
   * first 1,024 bytes of each.
   */
  readonly MatchedData: readonly string[];
  /** Names of the patterns that matched, each once, sorted. */
  readonly MatchedStrings: readonly string[];
  /** The last value of a repeated identifier. */
  readonly Meta: Readonly<Record<string, MetaValue>>;
  readonly RuleFile: string;
  readonly RuleName: string;
  readonly RuleTags: readonly string[];
}

/**
 * Converts an alert for consumers of BinaryAlert. Three things differ from the original:
 * - An alert is about one rule, so `NumMatchedRules` is 1 and the rule is `Rule1`.
 * - `S3Metadata` has only `filepath`, which is the key if the uploader gave none.
 * - `RuleTags` and `MatchedData` are both present. Early versions of BinaryAlert sent only the
 *   former, late ones only the latter.
 */
export function toBinaryAlert(alert: Alert | CutAlert): BinaryAlert {
  const { file, object, rule, strings } = alert;
  return {
    FileInfo: {
      MD5: file.md5,
      S3LastModified: `${object.arrivedAt.slice(0, 'yyyy-mm-ddThh:mm:ss'.length).replace('T', ' ')}+00:00`,
      S3Location: locationOf(object),
      S3Metadata: { filepath: file.filepath },
      SHA256: file.sha256,
    },
    MatchedRules: {
      Rule1: {
        MatchedData: distinct(strings.map(({ data }) => readable(bytesOfData(data)))),
        MatchedStrings: distinct(strings.map(({ identifier }) => identifier)),
        Meta: Object.fromEntries(rule.meta.map(({ identifier, value }) => [identifier, value])),
        RuleFile: rule.namespace,
        RuleName: rule.name,
        RuleTags: rule.tags,
      },
    },
    NumMatchedRules: 1,
    ...('full' in alert ? { Cut: cutOf(alert) } : {}),
  };
}

function cutOf({ full, stringsTotal, metaTotal, tagsTotal, shortened }: CutAlert): NonNullable<BinaryAlert['Cut']> {
  return {
    Full: locationOf(full),
    StringsTotal: stringsTotal,
    ...(metaTotal === undefined ? {} : { MetaTotal: metaTotal }),
    ...(tagsTotal === undefined ? {} : { TagsTotal: tagsTotal }),
    ...(shortened === undefined ? {} : { Shortened: shortened }),
  };
}

function locationOf({ bucket, key }: { readonly bucket: string; readonly key: string }): string {
  return `S3:${bucket}:${key}`;
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}

function readable(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }
}
