import type { SourceDifference } from '../../app/sources/check-sources.ts';
import type { SyncedSource } from '../../app/sources/sync-sources.ts';
import { plural, safeText } from './output.ts';

/** Files of one kind that are listed by name. */
const maxListed = 20;

/** Formats the result of a source: one line, then one for each removed, added or changed file. */
export function syncLines(result: SyncedSource): readonly string[] {
  const name = safeText(result.source);
  if (result.status === 'off') return [`${name}: off, not fetched`];
  if (result.status === 'removed') {
    return [`${name}: no longer configured, removed ${plural(result.removed.length, 'file')}`];
  }
  const licence = `licence ${safeText(result.licence ?? 'unknown')}`;
  if (result.status === 'unchanged') {
    return [`${name}: unchanged at ${shortCommit(result.after)}, ${plural(result.files, 'file')}, ${licence}`];
  }
  const { added, changed, removed } = result;
  const counts = `${added.length} added, ${changed.length} changed, ${removed.length} removed`;
  const commits =
    result.before === result.after
      ? shortCommit(result.after)
      : `${shortCommit(result.before)} -> ${shortCommit(result.after)}`;
  // A first sync adds everything.
  const shown = result.before === null ? [] : added;
  return [
    `${name}: ${commits}, ${counts}, ${plural(result.files, 'file')}, ${licence}`,
    ...listed('-', removed),
    ...listed('+', shown),
    ...listed('~', changed),
  ];
}

function listed(mark: string, paths: readonly string[]): readonly string[] {
  const rest = paths.length - maxListed;
  const lines = paths.slice(0, maxListed).map((path) => `  ${mark} ${safeText(path)}`);
  return rest > 0 ? [...lines, `  ${mark} ${rest} more`] : lines;
}

function shortCommit(commit: string | null): string {
  return commit === null ? 'none' : commit.slice(0, 12);
}

/** Formats a difference between folder and lock. */
export function differenceLine({ source, file, message }: SourceDifference): string {
  const where = file === null ? `source ${source ?? ''}` : file;
  return safeText(`${where} ${message}`);
}
