import type { ObjectRef } from '../objects/object.ts';
import type { Uploader } from '../objects/uploader.ts';
import type { MetaEntry } from '../rulesets/rule.ts';
import type { MatchedString } from '../scans/match.ts';

export const alertSchema = 'rearview.alert/1';

/** What is sent for one rule that matched one object. Schema: docs/reference/alerts.md. */
export interface Alert {
  readonly schema: typeof alertSchema;
  /** Equal for every delivery of the same alert: drop repetitions by it. Lower-case hex. */
  readonly id: string;
  /** `new_match`: this content had never matched this rule; `new_object`: another object with content that had. */
  readonly reason: 'new_match' | 'new_object';
  /** When the match was found, ISO 8601 in UTC. */
  readonly at: string;
  readonly rule: {
    readonly id: string;
    readonly namespace: string;
    readonly name: string;
    readonly tags: readonly string[];
    readonly meta: readonly MetaEntry[];
    /** Meta `severity`, lower case; `unknown` where the rule has none. */
    readonly severity: string;
    readonly logicHash: string;
  };
  readonly strings: readonly MatchedString[];
  /** How many there were; present only where `strings` has fewer, because all of them would not fit where the alert lay or went. */
  readonly stringsTotal?: number;
  readonly file: {
    /** This and `md5` are of the bytes that were scanned. */
    readonly sha256: string;
    readonly md5: string;
    /** Bytes of the whole file. */
    readonly size: number;
    /** Bytes from the start; present only where the file is above the size limit and no more than this first part was scanned. */
    readonly scannedBytes?: number;
    /** The path that the uploader claims, else the key. */
    readonly filepath: string;
    readonly filename: string;
  };
  /** `uploadedBy` is present only where an event of AWS named the uploader. */
  readonly object: ObjectRef & { readonly arrivedAt: string; readonly uploadedBy?: Uploader };
  readonly scan: { readonly id: string; readonly kind: 'live' | 'retro' };
  readonly ruleset: { readonly id: string };
}

/** An alert that was cut to the size that a service takes, and says so. Whatever is not mentioned is whole. */
export interface CutAlert extends Alert {
  /** Where the whole alert lies, in the format of the message. */
  readonly full: { readonly bucket: string; readonly key: string };
  /** How many `strings` the whole alert has; here are the first of them. */
  readonly stringsTotal: number;
  /** How many entries `meta` has in the whole alert, where some are left out: the longest. */
  readonly metaTotal?: number;
  /** How many tags there are in the whole alert, where some are left out: the longest. */
  readonly tagsTotal?: number;
  /** Fields whose text was cut, such as `rule.severity`. */
  readonly shortened?: readonly string[];
}
