import type { ObjectInfo } from '../../../../domain/objects/object.ts';
import { compareKeys } from './key-order.ts';

/** Goes on after this key; or, where there is a version id, after this version of it. */
export interface Position {
  readonly key: string;
  /** As S3 has it: also `null` as a text. Null: all versions of the key are done with, or there are none. */
  readonly versionId: string | null;
}

/** An object of a listing. */
export interface Entry {
  readonly object: ObjectInfo;
  /** As S3 has it; null in listings without versions. */
  readonly versionId: string | null;
}

/** An answer of S3. */
export interface FetchedPage {
  readonly entries: readonly Entry[];
  /** Null at the end of the listing. */
  readonly end: Position | null;
}

/** @param after null at the start */
export type FetchPage = (after: Position | null, maxKeys: number) => Promise<FetchedPage>;

/** What a lane has of an answer. */
export interface LanePage {
  readonly entries: readonly Entry[];
  /** Null where the lane ends. */
  readonly next: Link | null;
}

/** A place in a lane and, once it has been fetched, the page that begins there. A link that has its page does not change any more. */
export interface Link {
  readonly after: Position | null;
  readonly upTo: string | null;
  page: LanePage | null;
  /** Under way. */
  request: Promise<LanePage> | null;
  /** The last request for it failed. */
  hasFailed: boolean;
}

/**
 * What is left of a range of keys: those behind a position, up to and including a key (`upTo`; null: to the end). S3 has no upper bound, and goes on
 * behind a key, not at it: thus the bounds. Values of this type do not change, so that a listing may go back to one.
 */
export interface Lane {
  readonly link: Link;
  /** Entries of its page that are done with. */
  readonly at: number;
}

export function newLane(after: Position | null, upTo: string | null): Lane {
  return { link: newLink(after, upTo), at: 0 };
}

function newLink(after: Position | null, upTo: string | null): Link {
  return { after, upTo, page: null, request: null, hasFailed: false };
}

/** Where another process goes on with the lane. */
export function positionOf({ link, at }: Lane): Position | null {
  const last = link.page?.entries[at - 1];
  if (last === undefined) return link.after;
  const { key } = last.object;
  const next = link.page?.entries[at];
  // Where no version of the key is left, none is named: it may be deleted until then.
  return { key, versionId: next !== undefined && next.object.key !== key ? null : last.versionId };
}

/** The place that is to be fetched next; null where all of the lane has been. */
export function tailOf({ link }: Lane): Link | null {
  let tail: Link | null = link;
  while (tail?.page != null) tail = tail.page.next;
  return tail;
}

/** The same lane, with an earlier end, and what has been fetched of it until there. The end comes behind the entries that are done with. */
export function withEnd({ link, at }: Lane, upTo: string): Lane {
  return { link: linkWithEnd(link, upTo), at };
}

function linkWithEnd({ after, page }: Link, upTo: string): Link {
  const copy = newLink(after, upTo);
  if (page === null) return copy;
  const { entries, next } = within({ entries: page.entries, end: page.next?.after ?? null }, upTo);
  copy.page = { entries, next: next === null || page.next === null ? null : linkWithEnd(page.next, upTo) };
  return copy;
}

/** Asks for the page of a link that has none and is not asked for. */
export function requestPage(link: Link, fetch: FetchPage, maxKeys: number): Promise<LanePage> {
  const step = async () => {
    try {
      link.page = within(await fetch(link.after, maxKeys), link.upTo);
      return link.page;
    } catch (error) {
      link.hasFailed = true;
      throw error;
    } finally {
      link.request = null;
    }
  };
  link.hasFailed = false;
  link.request = step();
  return link.request;
}

/** The page of a link. What failed before anybody waited for it is asked for once more. */
export async function awaitPage(link: Link, fetch: FetchPage, maxKeys: number): Promise<LanePage> {
  if (link.page !== null) return link.page;
  try {
    if (link.request !== null) return await link.request;
  } catch {
    // Whoever waits is told what becomes of the request below.
  }
  return link.page ?? link.request ?? requestPage(link, fetch, maxKeys);
}

function within({ entries, end }: FetchedPage, upTo: string | null): LanePage {
  if (upTo === null) return { entries, next: end === null ? null : newLink(end, null) };
  const isInside = ({ object }: Entry) => compareKeys(object.key, upTo) <= 0;
  const last = entries.at(-1);
  if (last !== undefined && !isInside(last)) return { entries: entries.filter(isInside), next: null };
  return { entries, next: end === null || isAtEnd(end, upTo) ? null : newLink(end, upTo) };
}

function isAtEnd({ key, versionId }: Position, upTo: string): boolean {
  const order = compareKeys(key, upTo);
  return order > 0 || (order === 0 && versionId === null);
}
