/**
 * The uploader of an object, as named by the service that received the upload. An uploader can
 * choose the key and all metadata of an object, such as a path or a host, but cannot choose these
 * fields.
 */
export interface Uploader {
  /**
   * In S3 events `AWS:<id of the role or user>:<session>`, in EventBridge events the account.
   * Printable ASCII, at most 256 characters.
   */
  readonly principal: string;
  /**
   * Source address of the upload, or the name of the service that made it. Printable ASCII, at most
   * 64 characters.
   */
  readonly address?: string;
}
