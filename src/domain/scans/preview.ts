import type { MatchedString } from './match.ts';

/** Maximum number of matched strings that a preview shows per matched rule. */
export const maxPreviewStrings = 4;
/** Maximum length of `data` in such a string, in bytes of the file. */
export const maxPreviewDataBytes = 64;

/**
 * The objects that a scan of kind preview scans, among those that pass its filter. Objects outside
 * are not listed.
 */
export interface PreviewScope {
  /**
   * Share of the objects, from 0 to 1. Their names decide, so every scan with this share selects
   * the same objects.
   */
  readonly sample: number;
  /**
   * Contents that are scanned even if the sample leaves them out, if the records know them.
   * Lower-case hex.
   */
  readonly sha256: readonly string[];
  /**
   * The parts of the corpus that the target allowed when the preview started; null means all of it.
   */
  readonly within: readonly CorpusArea[] | null;
  /**
   * Maximum number of objects: the listing ends when it has yielded this many. Null in previews of
   * earlier versions: no limit.
   */
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
  /**
   * The matched bytes, as in `MatchedString`; absent unless the target allows previews to show
   * them.
   */
  readonly data?: string;
}

/** A rule of a preview that matched an object. */
export interface PreviewMatch {
  /** `namespace:name` within the ruleset of the preview. */
  readonly rule: string;
  /**
   * The first matches, at most `maxPreviewStrings`, each cut to `maxPreviewDataBytes`. Empty if an
   * object has too many matches to show them.
   */
  readonly strings: readonly PreviewString[];
}

/** The matches of a preview in one object. Kept only in its ledger. */
export interface PreviewMatches {
  /** Time of arrival of the object, ISO 8601 in UTC. */
  readonly arrivedAt: string;
  /** SHA-256 of the scanned bytes, lower-case hex. */
  readonly md5: string;
  /** All rules that matched. */
  readonly hits: readonly PreviewMatch[];
}
