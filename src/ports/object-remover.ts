/**
 * Removes objects from a bucket permanently. A separate port, because the pipeline removes nothing,
 * and its functions have no permission to do so.
 */
export interface ObjectRemover {
  readonly bucket: string;
  /**
   * Removes all versions of a key and its delete markers; does nothing if there are none. Longer
   * keys with this prefix stay.
   * @throws RearviewError `ERR_UNAVAILABLE` (retryable), `ERR_CONFIG` if a permission is missing,
   *   naming it
   */
  removeAll(key: string): Promise<void>;
}
