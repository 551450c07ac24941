import type { FailReason } from '../../domain/scans/outcome.ts';
import { finalStates, type Scan } from '../../domain/scans/scan.ts';
import { safeJson } from '../../domain/text/safe-json.ts';
import type { GainLimit } from '../../gates/gain-limit.ts';
import { clip, clipList } from '../../pull-requests/clip.ts';
import { maxSectionBytes, reviewSchema, type SectionOf } from '../../pull-requests/section.ts';
import type { PlanningTarget } from '../scans/plan-retro.ts';
import { byRules, concludePreview } from './conclude-preview.ts';
import type { PreviewExample } from './preview-examples.ts';
import type { PreviewedMatches, PreviewSummary, ReasonCount, UnscannedExample } from './preview-tally.ts';
import type { SlowSuspects } from './slow-suspects.ts';

type PreviewSection = SectionOf<'preview'>;

/**
 * The result of a preview as the section of a pull request has it, with nothing left out. Removed
 * rules with matches come first, because that detection is lost; then rules that match more than
 * before.
 * @param input.forecast what was planned; null if it is no longer known: then the scan provides
 *   what it can
 */
export function previewReport(input: {
  readonly scan: Scan;
  readonly summary: PreviewSummary;
  readonly forecast: PreviewSection['forecast'];
  readonly retroCost: PlanningTarget['retroCost'];
  readonly maxGained: GainLimit | null;
  readonly suspects: SlowSuspects;
  readonly nowMs: number;
}): PreviewSection {
  const { scan, summary, retroCost, nowMs } = input;
  const { counts, expected } = scan;
  const sample = scan.preview?.sample ?? 1;
  // What is outside the sample is listed, too.
  const listed = sample === 0 ? scan.listed.objects : Math.round(scan.listed.objects / sample);
  const endMs = scan.finishedAt === null ? nowMs : Date.parse(scan.finishedAt);
  const later = expected === null ? null : { ...expected, ms: null, dollars: retroCost({ listed, ...expected }) };
  return {
    ...{ schema: reviewSchema, section: 'preview', ...concludePreview(scan, summary, input) },
    ...{ scanId: scan.id, state: scan.state, error: scan.error, sample },
    ...{ objects: counts.objects, scanned: summary.scanned, excluded: summary.excluded },
    skipped: summary.skipped.map(reasonOf),
    failed: summary.failed.map((each) => ({
      ...reasonOf(each),
      examples: each.examples.map((example) => unscannedOf(each.reason, example)),
    })),
    rules: [...summary.rules].sort(byInterest).map(ruleOf),
    omitted: 0,
    hashes: summary.hashes.map(({ rule, hash, state }) => ({ rule, hash, state })),
    forecast: input.forecast ?? later,
    actual: {
      ...{ objects: counts.objects, bytes: counts.bytes, ms: Math.max(0, endMs - Date.parse(scan.createdAt)) },
      dollars: retroCost({ listed, objects: counts.scanned, bytes: counts.scannedBytes }),
    },
  };
}

/**
 * The report within the bounds of a section: unchanged rules go first, then examples of matches and
 * of failures.
 */
export function clipPreview(report: PreviewSection): PreviewSection {
  const { shown, omitted } = clipList(report.rules, 200);
  const rank = { missed: 0, matched: 1, unchecked: 2 } as const;
  const section: PreviewSection = {
    ...report,
    error: report.error === null ? null : clip(report.error, 1000),
    failed: report.failed.map((each) => ({
      ...each,
      examples: each.examples.map((example) => ({
        ...{ ...example, bucket: clip(example.bucket, 200), key: clip(example.key, 2048) },
        detail: example.detail === null ? null : clip(example.detail, 1000),
      })),
    })),
    rules: shown.map((each) => ({
      ...{ ...each, rule: clip(each.rule, 600) },
      examples: each.examples.map((example) => ({
        ...{ ...example, bucket: clip(example.bucket, 200), key: clip(example.key, 2048) },
        strings: example.strings.map((string) => ({
          ...{ ...string, identifier: clip(string.identifier, 200) },
          ...(string.data === undefined ? {} : { data: clip(string.data, 200) }),
        })),
      })),
    })),
    omitted,
    hashes: report.hashes
      .toSorted((a, b) => rank[a.state] - rank[b.state])
      .slice(0, 300)
      .map((each) => ({ ...each, rule: clip(each.rule, 600) })),
    notes: report.notes.slice(0, 20).map((note) => clip(note, 1000)),
  };
  for (const most of [5, 3, 1]) {
    const fewer = withExamples(section, most);
    if (Buffer.byteLength(safeJson(fewer, 2)) <= maxSectionBytes) return fewer;
  }
  return withExamples(section, 0);
}

function withExamples(section: PreviewSection, most: number): PreviewSection {
  const fewer = <T extends { readonly examples: readonly unknown[] }>(each: T) => ({
    ...each,
    examples: each.examples.slice(0, most),
  });
  return { ...section, failed: section.failed.map(fewer), rules: section.rules.map(fewer) };
}

function byInterest(a: PreviewedMatches, b: PreviewedMatches): number {
  const removed = ({ kind, beforeObjects }: PreviewedMatches) => (kind === 'removed' ? beforeObjects : 0);
  return removed(b) - removed(a) || b.gained - a.gained || b.lost - a.lost || b.nowObjects - a.nowObjects;
}

function ruleOf(matches: PreviewedMatches): PreviewSection['rules'][number] {
  const { rule, kind, nowObjects, beforeObjects, gained, lost, firstSeen, lastSeen } = matches;
  return {
    ...{ rule, kind, now: nowObjects, before: beforeObjects, gained, lost, firstSeen, lastSeen },
    examples: matches.examples.map(exampleOf),
  };
}

function exampleOf({ bucket, key, sha256, state, strings }: PreviewExample) {
  return {
    ...{ bucket, key, sha256, state },
    strings: strings.slice(0, 4).map(({ identifier, offset, length, data }) => ({
      ...{ identifier, offset, length },
      ...(data === undefined ? {} : { data }),
    })),
  };
}

/**
 * An unscanned object. A service that refuses a read names accounts and roles, and a comment may be
 * public: so only the reason is kept.
 */
function unscannedOf(reason: FailReason, { bucket, key, size, sha256, detail }: UnscannedExample) {
  return { bucket, key, size, sha256, detail: byRules.includes(reason) ? detail : null };
}

function reasonOf({ reason, objects }: ReasonCount<string>) {
  return { reason, objects };
}

/** Whether a preview has ended. */
export function hasEnded({ state }: Pick<PreviewSection, 'state'>): boolean {
  return finalStates.includes(state);
}
