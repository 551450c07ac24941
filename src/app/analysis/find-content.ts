import { RearviewError } from '../../domain/errors.ts';
import type { MatchStore } from '../../ports/match-store.ts';
import { pagesOf } from '../../ports/pages.ts';

const pageSize = 500;

/**
 * The SHA-256 of the matched content that begins with `start`. A whole one is returned as it is;
 * for a shorter one, the matches on record are read.
 * @param start lower-case hexadecimal digits
 * @throws {RearviewError} `ERR_NOT_FOUND` if none begins so, `ERR_USAGE` if several do
 */
export async function findContent(matches: Pick<MatchStore, 'list'>, start: string): Promise<string> {
  if (start.length === 64) return start;
  const found = new Set<string>();
  const list = (from: { readonly after?: string }) => matches.list({ filter: {}, limit: pageSize, ...from });
  for await (const page of pagesOf(list)) {
    for (const { sha256 } of page.matches) if (sha256.startsWith(start)) found.add(sha256);
    if (found.size > 1) {
      const [one, other] = found;
      throw new RearviewError('ERR_USAGE', `Several contents begin with ${start}, for example ${one} and ${other}.`);
    }
  }
  const [sha256] = found;
  if (sha256 === undefined) throw new RearviewError('ERR_NOT_FOUND', `No match is on record for ${start}.`);
  return sha256;
}
