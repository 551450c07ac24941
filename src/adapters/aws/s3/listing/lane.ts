import type { ObjectInfo } from '../../../../domain/objects/object.ts';
import { compareKeys } from './key-order.ts';

/** Continues after this key; or, with a version id, after this version of it. */
export interface Position {
  readonly key: string;
  /**
   * In the format of S3, including the text `null`. Null: all versions of the key are done, or
   * there are none.
   */
  readonly versionId: string | null;
}

/** An object of a listing. */
export interface Entry {
  readonly object: ObjectInfo;
  /** In the format of S3; null in listings without versions. */
  readonly versionId: string | null;
}

/** A response of S3. */
export interface FetchedPage {
  readonly entries: readonly Entry[];
  /** Null at the end of the listing. */
  readonly end: Position | null;
}

/** @param after null at the start */
export type FetchPage = (after: Position | null, maxKeys: number) => Promise<FetchedPage>;

/** The part of a response that belongs to a lane. */
export interface LanePage {
  readonly entries: readonly Entry[];
  /** Null if the lane ends. */
  readonly next: Link | null;
}

/**
 * A position in a lane and, once it has been fetched, the page that starts there. A link with its
 * page does not change any more.
 */
export interface Link {
  readonly after: Position | null;
  readonly upTo: string | null;
  page: LanePage | null;
  /** The running request. */
  request: Promise<LanePage> | null;
  /** Whether the last request for it failed. */
  hasFailed: boolean;
}

/**
 * The rest of a range of keys: those after a position, up to and including a key (`upTo`; null: to
 * the end). S3 has no upper bound, and continues after a key, not at it; hence these bounds. Values
 * of this type are immutable, so that a listing may return to one.
 */
export interface Lane {
  readonly link: Link;
  /** Entries of its page that are done. */
  readonly at: number;
}

export function newLane(after: Position | null, upTo: string | null): Lane {
  return { link: newLink(after, upTo), at: 0 };
}

function newLink(after: Position | null, upTo: string | null): Link {
  return { after, upTo, page: null, request: null, hasFailed: false };
}

/** The position at which another process continues the lane. */
export function positionOf({ link, at }: Lane): Position | null {
  const last = link.page?.entries[at - 1];
  if (last === undefined) return link.after;
  const { key } = last.object;
  const next = link.page?.entries[at];
  // If no version of the key is left, none is named: it may be deleted by then.
  return { key, versionId: next !== undefined && next.object.key !== key ? null : last.versionId };
}

/** The next position to fetch; null if the whole lane has been fetched. */
export function tailOf({ link }: Lane): Link | null {
  let tail: Link | null = link;
  while (tail?.page != null) tail = tail.page.next;
  return tail;
}

/**
 * The same lane with an earlier end, and its fetched pages up to there. The end is after the
 * entries that are done.
 */
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

/** Requests the page of a link that has none and no running request. */
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

/** The page of a link. A request that failed before it was needed is repeated once. */
export async function awaitPage(link: Link, fetch: FetchPage, maxKeys: number): Promise<LanePage> {
  if (link.page !== null) return link.page;
  try {
    if (link.request !== null) return await link.request;
  } catch {
    // A waiting caller gets the result of the request below.
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
