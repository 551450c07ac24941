/** Takes objects out of a bucket for good. A port of its own: the pipeline removes nothing, and its functions have no permission to. */
export interface ObjectRemover {
  readonly bucket: string;
  /**
   * Removes all versions of a key, and what says that it was deleted; nothing where there is none. Others with a longer key stay.
   * @throws RearviewError `ERR_UNAVAILABLE` (retryable), `ERR_CONFIG` where permission lacks, naming it
   */
  removeAll(key: string): Promise<void>;
}
