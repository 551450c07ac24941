import type { BatchRef } from '../../app/pipeline/messages.ts';
import type { ObjectInfo } from '../../domain/objects/object.ts';
import type { Uploader } from '../../domain/objects/uploader.ts';
import { safeJson } from '../../domain/text/safe-json.ts';

/** The message that an item came with. */
export interface Delivery {
  /** Id of the SQS message; null if the event came without a queue and can only fail as a whole. */
  readonly messageId: string | null;
  /**
   * Number of deliveries of the message, this one included. 1 if the event came without a queue.
   */
  readonly receiveCount: number;
}

/** An object as an event describes it. Missing fields must be looked up (`head`). */
export interface ArrivedObject {
  readonly bucket: string;
  readonly key: string;
  /** The version, as the S3 object store names it. */
  readonly version?: string;
  /** Bytes. */
  readonly size?: number;
  /**
   * ISO 8601 in UTC, whole seconds: when S3 finished the upload. `Last-Modified` is up to the
   * length of a multipart upload earlier.
   */
  readonly arrivedAt?: string;
  /** Present in events of an upload. */
  readonly uploadedBy?: Uploader;
}

/** Why there is nothing to scan although the event is well-formed. */
export type IgnoredReason =
  /** The test that S3 sends when notifications are set up. */
  | 'test_event'
  | 'deleted'
  /** A restore from an archive class began. */
  | 'restore_started'
  /** The restored copy was removed. */
  | 'restore_expired'
  | 'storage_class_changed'
  /** Tags or access control: the content is as it was. */
  | 'attributes_changed'
  | 'replication'
  /** S3 lost an object of reduced redundancy. */
  | 'lost'
  /**
   * The object is in a part of its bucket that is not in the corpus: a rule or a notification is
   * too wide.
   */
  | 'outside_corpus'
  /** An unknown event of S3. */
  | 'other_event';

/** An item of an event, before it is known how it was delivered. */
export type EventItem =
  | { readonly type: 'object'; readonly object: ArrivedObject }
  | { readonly type: 'ignored'; readonly reason: IgnoredReason; readonly detail: string }
  | { readonly type: 'problem'; readonly problem: string };

/**
 * One item of a live event. A `problem` must be reported as failed, so that its message ends with
 * the dead letters.
 */
export type LiveItem = EventItem & Delivery;

/** One item of a retro event. */
export type RetroItem = Delivery &
  (({ readonly type: 'batch' } & BatchRef) | { readonly type: 'problem'; readonly problem: string });

/** The object if the event has all its fields; null if it must be looked up. */
export function knownInfo({ bucket, key, version, size, arrivedAt, uploadedBy }: ArrivedObject): ObjectInfo | null {
  if (version === undefined || size === undefined || arrivedAt === undefined) return null;
  return { bucket, key, version, size, arrivedAt, ...(uploadedBy === undefined ? {} : { uploadedBy }) };
}

/** A problem; it quotes the start of `given`, so that a reader of the dead letter recognizes it. */
export function problem(what: string, given: string): EventItem & { readonly type: 'problem' } {
  return { type: 'problem', problem: `${what} It begins with ${safeJson(given.slice(0, 200))}.` };
}

/** A value of an event as JSON, for messages. An event may be nested too deep for the stack. */
export function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return 'a value that is nested too deep to print';
  }
}
