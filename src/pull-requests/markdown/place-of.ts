import type { Review } from '../review.ts';
import type { Detail } from './detail.ts';
import { code, type Html, link } from './html.ts';

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * A place in a file, as editors write it: `rules/a.yar:3:7`. Nothing where there is no line. In a
 * review of a commit, it is a link to the line.
 */
export function placeOf(place: Place, detail: Pick<Detail, 'facts'> = {}): Html {
  const { file, line, column } = place;
  const numbers = [line, column].slice(0, line === 0 ? 0 : column === 0 ? 1 : 2);
  return linkToPlace(place, code([file, ...numbers].join(':')), detail);
}

/**
 * Links a text to a place. The file is named by the pull request: its path can only lead to a file
 * of the commit.
 */
export function linkToPlace({ file, line }: Omit<Place, 'column'>, text: Html, { facts }: Pick<Detail, 'facts'>): Html {
  const base = facts?.sourceUrl ?? null;
  const parts = file.split('/');
  if (base === null || parts.some((part) => part === '' || part === '.' || part === '..' || !part.isWellFormed()))
    return text;
  const path = parts.map((part) => encodeURIComponent(part)).join('/');
  return link(`${base}${path}${line === 0 ? '' : `#L${line}`}`, text);
}

/** The address of the files of the commit of a review, from that of its run. */
export function sourceUrlOf({ runUrl, headSha }: Pick<Review, 'runUrl' | 'headSha'>): string | null {
  const repository = runUrl === null ? null : /^(https?:\/\/.+)\/actions\/runs\/\d+/.exec(runUrl)?.[1];
  return repository == null || headSha === null ? null : `${repository}/blob/${headSha}/`;
}
