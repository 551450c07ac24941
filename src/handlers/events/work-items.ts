import type { BatchRef } from '../../app/pipeline/messages.ts';
import type { ObjectInfo } from '../../domain/objects/object.ts';
import type { Uploader } from '../../domain/objects/uploader.ts';
import { safeJson } from '../../domain/text/safe-json.ts';

/** The message that an item came with. */
export interface Delivery {
  /** Of the SQS message; null where the event came without a queue and can fail only as a whole. */
  readonly messageId: string | null;
  /** How often the message was delivered, this time included. 1 where the event came without a queue. */
  readonly receiveCount: number;
}

/** An object as an event tells of it. What the event does not tell is left out, and must be asked for (`head`). */
export interface ArrivedObject {
  readonly bucket: string;
  readonly key: string;
  /** As the S3 object store names versions. */
  readonly version?: string;
  /** Bytes. */
  readonly size?: number;
  /** ISO 8601 in UTC, whole seconds: when S3 finished the upload. `Last-Modified` is up to the length of a multipart upload earlier. */
  readonly arrivedAt?: string;
  /** Of events that tell of an upload. */
  readonly uploadedBy?: Uploader;
}

/** Why there is nothing to scan although the event is well-formed. */
export type IgnoredReason =
  /** What S3 sends when notifications are set up. */
  | 'test_event'
  | 'deleted'
  /** A restore from an archive class began. */
  | 'restore_started'
  /** The restored copy was taken away. */
  | 'restore_expired'
  | 'storage_class_changed'
  /** Tags or access control: the content is as it was. */
  | 'attributes_changed'
  | 'replication'
  /** S3 lost an object of reduced redundancy. */
  | 'lost'
  /** In a bucket of which only a part belongs to the corpus, the object lies in another: a rule or a notification lets through too much. */
  | 'outside_corpus'
  /** An event of S3 that we do not know. */
  | 'other_event';

/** What a part of an event comes to, before it is known how it was delivered. */
export type Finding =
  | { readonly type: 'object'; readonly object: ArrivedObject }
  | { readonly type: 'ignored'; readonly reason: IgnoredReason; readonly detail: string }
  | { readonly type: 'problem'; readonly problem: string };

/** One item of a live event. A `problem` must be reported as failed, so that its message ends with the dead letters. */
export type LiveItem = Finding & Delivery;

/** One item of a retro event. */
export type RetroItem = Delivery &
  (({ readonly type: 'batch' } & BatchRef) | { readonly type: 'problem'; readonly problem: string });

/** The object where the event told all there is to know; null where it must be asked for. */
export function knownInfo({ bucket, key, version, size, arrivedAt, uploadedBy }: ArrivedObject): ObjectInfo | null {
  if (version === undefined || size === undefined || arrivedAt === undefined) return null;
  return { bucket, key, version, size, arrivedAt, ...(uploadedBy === undefined ? {} : { uploadedBy }) };
}

/** A problem; `given` is quoted in part, so that who looks at the dead letter knows it. */
export function problem(what: string, given: string): Finding & { readonly type: 'problem' } {
  return { type: 'problem', problem: `${what} It begins with ${safeJson(given.slice(0, 200))}.` };
}

/** A value of an event as JSON, for people. An event may be nested deeper than the stack allows to write it. */
export function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return 'a value that is nested too deep to print';
  }
}
