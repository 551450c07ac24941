import type { ObjectReader } from './object-store.ts';

/** The listing of a bucket that was made earlier. */
export interface Inventory {
  /** Where it is told of, for people. */
  readonly name: string;
  /** Names this inventory and no other; without spaces. */
  readonly id: string;
  /** The bucket whose objects are listed. */
  readonly bucket: string;
  /** When it was begun, ISO 8601 in UTC. What came or went since is not in it. */
  readonly createdAt: string;
  /** Of what arrived earlier than that it lacks nothing; of what arrived later it may lack some. ISO 8601 in UTC. */
  readonly completeBefore: string;
  /**
   * A page of the listing, as `ObjectReader.list` answers it.
   * @throws RearviewError `ERR_CONFIG` where it is damaged or parts of it are gone, or `after` is of another inventory; else as `ObjectReader.read`
   */
  readonly list: ObjectReader['list'];
}
