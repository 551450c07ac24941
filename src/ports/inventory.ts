import type { ObjectReader } from './object-store.ts';

/** An earlier listing of a bucket. */
export interface Inventory {
  /** Its location, for display. */
  readonly name: string;
  /** Identifies this inventory uniquely; without spaces. */
  readonly id: string;
  /** The bucket whose objects are listed. */
  readonly bucket: string;
  /** When it was started, ISO 8601 in UTC. Later changes are not included. */
  readonly createdAt: string;
  /**
   * The inventory includes every object that arrived before this time, and may lack later ones. ISO
   * 8601 in UTC.
   */
  readonly completeBefore: string;
  /**
   * Returns a page of the listing, like `ObjectReader.list`.
   * @throws RearviewError `ERR_CONFIG` if it is damaged or parts of it are gone, or `after` is from
   *   another inventory; otherwise as `ObjectReader.read`
   */
  readonly list: ObjectReader['list'];
}
