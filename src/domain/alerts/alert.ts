import type { InsideSummary } from '../inside/inside.ts';
import type { ObjectRef } from '../objects/object.ts';
import type { Uploader } from '../objects/uploader.ts';
import type { MetaEntry } from '../rulesets/rule.ts';
import type { MatchedInside, MatchedString } from '../scans/match.ts';

export const alertSchema = 'rearview.alert/1';

/** The notification for one rule that matched one object. Schema: docs/reference/alerts.md. */
export interface Alert extends MatchedInside {
  readonly schema: typeof alertSchema;
  /**
   * Equal for every delivery of the same alert. Consumers use it to drop repetitions. Lower-case
   * hex.
   */
  readonly id: string;
  /**
   * `new_match`: the content had never matched this rule. `new_object`: another object with content
   * that had.
   */
  readonly reason: 'new_match' | 'new_object';
  /** The time of the match, ISO 8601 in UTC. */
  readonly at: string;
  readonly rule: {
    readonly id: string;
    readonly namespace: string;
    readonly name: string;
    readonly tags: readonly string[];
    readonly meta: readonly MetaEntry[];
    /** Meta `severity`, lower case; `unknown` if the rule has none. */
    readonly severity: string;
    readonly logicHash: string;
  };
  /** Those of the file itself, then those of its members, which have a `place`. */
  readonly strings: readonly MatchedString[];
  /**
   * The number of matched strings. Present only if `strings` has fewer, because not all of them fit
   * into the store or the message.
   */
  readonly stringsTotal?: number;
  readonly file: {
    /** SHA-256 of the scanned bytes, as `md5` is the MD5 of them. */
    readonly sha256: string;
    readonly md5: string;
    /** Size of the whole file in bytes. */
    readonly size: number;
    /**
     * Scanned bytes from the start. Present only if the file is above the size limit and only this
     * first part was scanned.
     */
    readonly scannedBytes?: number;
    /** Members that were scanned, and the number of those that were not by reason. Only of containers. */
    readonly inside?: InsideSummary;
    /** The path that the uploader claims, else the key. */
    readonly filepath: string;
    readonly filename: string;
  };
  /** `uploadedBy` is present only if an AWS event named the uploader. */
  readonly object: ObjectRef & { readonly arrivedAt: string; readonly uploadedBy?: Uploader };
  readonly scan: { readonly id: string; readonly kind: 'live' | 'retro' };
  /** The published ruleset that the scan is of. A retro scan may have applied a part of it. */
  readonly ruleset: { readonly id: string };
}

/**
 * The marks of an alert that was cut to the size limit of a service. Whatever is not mentioned is
 * complete.
 */
export interface CutAlert extends Alert {
  /** Location of the whole alert, in the format of the message. */
  readonly full: { readonly bucket: string; readonly key: string };
  /** Number of `strings` in the whole alert; this one has only the first of them. */
  readonly stringsTotal: number;
  /** Number of `meta` entries in the whole alert. Present if some, the longest, are left out. */
  readonly metaTotal?: number;
  /** Number of tags in the whole alert. Present if some, the longest, are left out. */
  readonly tagsTotal?: number;
  /** Fields with shortened text, such as `rule.severity`. */
  readonly shortened?: readonly string[];
}
