import type { Alert, CutAlert } from '../../../domain/alerts/alert.ts';

/** UTF-16 code units that remain of a text that is too long. */
const longestText = 1024;

export interface FitOptions {
  /** At least 64 KiB, which is enough for the smallest possible result. */
  readonly maxBytes: number;
  /** Location of the whole alert. */
  readonly full: CutAlert['full'];
  /** Bytes of the sent alert. Adding content never makes it smaller. */
  readonly sizeOf: (alert: CutAlert) => number;
}

/**
 * Cuts an alert to `maxBytes`: it keeps as many `strings` from the start as fit. Only if it is too
 * large without any, it also drops the longest meta entries first, then tags, then members, and then
 * cuts long texts. Half of the space is then reserved for strings.
 */
export function fitAlert(alert: Alert, { maxBytes, full, sizeOf }: FitOptions): CutAlert {
  const { rule } = alert;
  const shortMeta = shortestOf(rule.meta);
  const shortTags = shortestOf(rule.tags);
  const fits = (each: CutAlert) => sizeOf(each) <= maxBytes;
  const withRule = (base: CutAlert, fields: Partial<Alert['rule']>) => ({ ...base, rule: { ...base.rule, ...fields } });
  const withMeta = (count: number) => {
    const meta = shortMeta(count);
    return count === rule.meta.length ? bare : { ...withRule(bare, { meta }), metaTotal: rule.meta.length };
  };
  const withTags = (count: number) => {
    const tags = shortTags(count);
    const base = withMeta(0);
    return count === rule.tags.length ? base : { ...withRule(base, { tags }), tagsTotal: rule.tags.length };
  };
  const withMembers = (count: number) => {
    const base = withTags(0);
    const { members = [] } = alert;
    const membersTotal = alert.membersTotal ?? members.length;
    return count === members.length ? base : { ...base, members: members.slice(0, count), membersTotal };
  };
  const most = (count: number, make: (count: number) => CutAlert) => {
    const room = Math.max(maxBytes / 2, sizeOf(make(0)));
    return make(largest(count, (each) => sizeOf(make(each)) <= room));
  };
  const withStrings = (base: CutAlert) => (count: number) => ({ ...base, strings: alert.strings.slice(0, count) });

  const bare: CutAlert = { ...alert, full, stringsTotal: alert.stringsTotal ?? alert.strings.length, strings: [] };
  let base = bare;
  if (!fits(base)) base = most(rule.meta.length, withMeta);
  if (!fits(base)) base = most(rule.tags.length, withTags);
  if (!fits(base)) base = most(alert.members?.length ?? 0, withMembers);
  if (!fits(base)) base = shorten(base);
  const filled = withStrings(base);
  return filled(largest(alert.strings.length, (count) => fits(filled(count))));
}

/** The texts without any other limit. */
function shorten(alert: CutAlert): CutAlert {
  const { rule, file, object } = alert;
  const shortened: string[] = [];
  const cut = (field: string, text: string) => {
    if (text.length <= longestText) return text;
    shortened.push(field);
    return `${text.slice(0, longestText - 1)}…`;
  };
  return {
    ...alert,
    rule: {
      ...rule,
      id: cut('rule.id', rule.id),
      namespace: cut('rule.namespace', rule.namespace),
      name: cut('rule.name', rule.name),
      severity: cut('rule.severity', rule.severity),
    },
    file: {
      ...file,
      filepath: cut('file.filepath', file.filepath),
      filename: cut('file.filename', file.filename),
    },
    object: { ...object, key: cut('object.key', object.key), version: cut('object.version', object.version) },
    shortened,
  };
}

/** Returns the requested number of shortest entries, in their original order. */
function shortestOf<T>(entries: readonly T[]): (count: number) => readonly T[] {
  const lengths = entries.map((entry) => JSON.stringify(entry).length);
  const places = [...entries.keys()].sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0));
  return (count) => {
    const kept = new Set(places.slice(0, count));
    return entries.filter((_, place) => kept.has(place));
  };
}

/**
 * The largest number up to `most` that is accepted, if all numbers below an accepted one are
 * accepted too; 0 if none is. It tries small numbers first, so that far too large values are never
 * built.
 */
function largest(most: number, holds: (count: number) => boolean): number {
  let step = 1;
  while (step <= most && holds(step)) step *= 2;
  let low = Math.floor(step / 2);
  let high = Math.min(most, step - 1);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
