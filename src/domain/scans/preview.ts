import type { MatchedString } from './match.ts';

/** Most matched strings that a hit of a preview shows. */
export const maxPreviewStrings = 4;
/** Longest `data` of such a string, in bytes of the file. */
export const maxPreviewDataBytes = 64;

/** Of a scan of kind preview: which objects it scans, of those that its filter lets through. What is outside is not listed. */
export interface PreviewScope {
  /** Share of the objects, from 0 to 1. Which ones is decided by their names, and the same for every scan of this share. */
  readonly sample: number;
  /** Contents that are scanned whatever the sample, where the records know them. Lower-case hex. */
  readonly sha256: readonly string[];
  /** The parts of the corpus that the target allowed when the preview started; null: all of it. */
  readonly within: readonly CorpusArea[] | null;
  /** Most objects: the listing ends when it has yielded as many. Null in a preview that has not started. */
  readonly maxObjects: number | null;
}

/** A part of the corpus: the objects of a bucket whose keys begin with a prefix. */
export interface CorpusArea {
  readonly bucket: string;
  /** Empty: the whole bucket. */
  readonly prefix: string;
}

/** A string that matched in a previewed object. */
export interface PreviewString extends Omit<MatchedString, 'data'> {
  /** The matched bytes, as in `MatchedString`; absent unless the target allows previews to show them. */
  readonly data?: string;
}

/** A rule of a preview that matched an object. */
export interface PreviewHit {
  /** `namespace:name` within the ruleset of the preview. */
  readonly rule: string;
  /** The first of them, at most `maxPreviewStrings`, each cut to `maxPreviewDataBytes`; none where an object has too many hits to show them. */
  readonly strings: readonly PreviewString[];
}

/** What a preview found in one object. Kept in its ledger alone. */
export interface PreviewFinding {
  /** When the object arrived, ISO 8601 in UTC. */
  readonly arrivedAt: string;
  /** Of the bytes that were scanned, lower-case hex. */
  readonly md5: string;
  /** All rules that matched. */
  readonly hits: readonly PreviewHit[];
}
