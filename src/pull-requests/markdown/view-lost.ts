import { formatCount, formatShare, plural } from '../../domain/text/amounts.ts';
import type { SectionOf } from '../section.ts';
import { list } from './blocks.ts';
import type { Detail } from './detail.ts';
import { code, type Html, html, join, nothing, words } from './html.ts';
import { ruleName } from './review-facts.ts';
import { verdictSign } from './verdict-sign.ts';

type Change = SectionOf<'diff'>['changes'][number];
type Preview = SectionOf<'preview'>;
type Previewed = Preview['rules'][number];

/** A rule that finds less than before, with what it found so far. */
interface LostRule {
  readonly rule: string;
  readonly change: Change | undefined;
  readonly previewed: Previewed | undefined;
}

/**
 * The detection that a change removes: removed rules, and rules that no longer match objects of the
 * corpus, those with the most lost objects first. Nobody else misses it, so it is shown first.
 * @param changes those that are shown one by one
 */
export function viewLost(changes: readonly Change[], detail: Detail): readonly Html[] {
  const { facts, lead } = detail;
  if (facts === undefined || lead === 0) return [];
  const preview = facts.sections.find((each) => each.section === 'preview');
  const lost = lostRules(changes, preview);
  if (lost.length === 0) return [];
  const shown = lost.slice(0, lead);
  return [
    html`<h3>${verdictSign('unknown')} Removed detection</h3>`,
    list([
      ...shown.map((each) => viewRule(each, preview, detail)),
      ...(shown.length === lost.length ? [] : [html`${lost.length - shown.length} more, in the details below`]),
    ]),
  ];
}

/** `Rule (high): found 3 objects so far, for example …` */
function viewRule({ rule, change, previewed }: LostRule, preview: Preview | undefined, detail: Detail): Html {
  const about = change?.about;
  const kind = (change ?? previewed)?.kind === 'removed' ? 'removed' : 'changed';
  const facts = [
    words(kind),
    ...(about == null || about.severity === null ? [] : [html`severity ${code(about.severity)}`]),
    ...(about?.isStaged === true ? [words('staged')] : []),
  ];
  const example = previewed?.examples.find(({ state }) => state === 'lost');
  const sample = preview === undefined || preview.sample === 1 ? '' : ` in a sample of ${formatShare(preview.sample)}`;
  const first = example === undefined ? nothing : html`, for example ${code(`${example.bucket}/${example.key}`, 120)}`;
  return html`<strong>${ruleName(rule, detail)}</strong> (${join(facts)}) ${words(foundText(previewed, preview))}${words(sample)}${first}`;
}

function lostRules(changes: readonly Change[], preview: Preview | undefined): readonly LostRule[] {
  const byRule = new Map(changes.map((change) => [change.rule, change]));
  const previewed = new Map(preview?.rules.map((each) => [each.rule, each]));
  const removed = changes.filter(({ kind }) => kind === 'removed').map(({ rule }) => rule);
  const without = [...previewed.values()].filter(({ lost }) => lost > 0).map(({ rule }) => rule);
  return [...new Set([...removed, ...without])]
    .map((rule) => ({ rule, change: byRule.get(rule), previewed: previewed.get(rule) }))
    .toSorted((a, b) => (b.previewed?.lost ?? 0) - (a.previewed?.lost ?? 0));
}

function foundText(previewed: Previewed | undefined, preview: Preview | undefined): string {
  if (previewed === undefined) {
    return preview === undefined ? 'may have found something: there is no preview' : 'is not among the previewed rules';
  }
  const { before, lost, kind } = previewed;
  if (before === 0) return 'has found nothing so far';
  const objects = plural(before, 'object');
  return `has found ${objects} so far${kind === 'removed' ? '' : `, and no longer finds ${formatCount(lost)} of them`}`;
}
