import { plural } from '../../../domain/text/amounts.ts';
import type { SectionOf } from '../../section.ts';
import { paragraph, renderBlocks, table } from '../blocks.ts';
import { code, html, words } from '../html.ts';
import { renderSection } from '../render-section.ts';

/** A source in the lock before and now; null: it is not in the lock. */
export interface SourceChange {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly licence: string | null;
  /** Numbers of files. */
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

export interface SyncReport {
  readonly sources: readonly SourceChange[];
  /** Null if the rules do not compile, so they could not be compared. */
  readonly diff: SectionOf<'diff'> | null;
  /** Names the state that is proposed. */
  readonly lock: string;
}

/** Most sources that are listed. */
const maxSources = 100;
/** Characters for the changes of rules: GitHub takes 65,536 in all. */
const maxDiffLength = 40_000;

/**
 * Body of a pull request that updates public rules, as GitHub Flavored Markdown. Text from outside
 * is escaped.
 */
export function renderSync({ sources, diff, lock }: SyncReport): string {
  const rows = sources
    .slice(0, maxSources)
    .map(({ name, before, after, licence, added, changed, removed }) => [
      code(name, 100),
      html`${commitOf(before)} → ${commitOf(after)}`,
      words(`${added} added, ${changed} changed, ${removed} removed`),
      licence === null ? words('not recognized') : code(licence, 60),
    ]);
  const omitted = sources.length - rows.length;
  const top = renderBlocks([
    table(['source', 'commit', 'files', 'licence'].map(words), rows),
    ...(omitted === 0 ? [] : [paragraph(words(`${plural(omitted, 'other source')} changed.`))]),
  ]);
  const rules =
    diff === null
      ? renderBlocks([paragraph(words('The rules could not be compared: they do not compile.'))])
      : renderSection(diff, maxDiffLength);
  const end = renderBlocks([
    paragraph(
      html`If this is closed without a merge, it is not proposed again for this state: ${code(lock)}. Leave rules out with <code>rules.exclude</code> in <code>sources.yaml</code>, not by editing the files. GitHub starts no checks for a pull request that a job opened: close and reopen it to start them.`,
    ),
  ]);
  return [top, rules, end].join('\n');
}

function commitOf(commit: string | null) {
  return commit === null ? words('none') : code(commit.slice(0, 12));
}
