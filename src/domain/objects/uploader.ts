/**
 * Who uploaded an object, in the words of the service that took the upload. The uploader can choose the key and all metadata of an object, such as a path or
 * a host; this it cannot.
 */
export interface Uploader {
  /** In events of S3 `AWS:<id of the role or user>:<session>`, in those of EventBridge the account. Printable ASCII, at most 256 characters. */
  readonly principal: string;
  /** Address that the upload came from, or the name of the service that made it. Printable ASCII, at most 64 characters. */
  readonly address?: string;
}
