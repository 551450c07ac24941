import type { Inside, NotScannedReason } from '../../domain/inside/inside.ts';
import type { ScanReport } from '../types.ts';
import { type MergedMatches, mergeMembers } from './merge-members.ts';
import type { CrashReason, Hashes, ScanResult, WorkerAnswer, WorkerNews } from './scan-protocol.ts';

/** What a worker has reported about one file, until its answer or its end. */
export interface ScanProgress {
  take(news: WorkerNews): void;
  /** Resolves when the file itself is scanned and its members are next. */
  readonly opening: Promise<'opening'>;
  /** @param answer `timeout` if the worker did not end in time */
  report(answer: WorkerAnswer | 'timeout', options: ReportOptions): ScanReport;
}

interface ReportOptions {
  /** Bytes of the file. */
  readonly size: number;
  readonly deadlineMs: number;
}

interface Failure {
  readonly reason: CrashReason | 'timeout';
  readonly detail: string;
}

type Opening = Extract<WorkerNews, { readonly type: 'opening' }>;

export function createScanProgress(): ScanProgress {
  const { promise: opening, resolve: startOpening } = Promise.withResolvers<'opening'>();
  const lines: string[] = [];
  let dropped = 0;
  let hashes: Hashes | undefined;
  let file: Opening | undefined;
  let matches: MergedMatches = mergeMembers([]);
  let scanned = 0;
  let bytes = 0;
  let limitReached = false;
  const problems = new Set<string>();

  function note({ matchLimitReached, variableProblems }: ScanResult): void {
    limitReached ||= matchLimitReached;
    for (const each of variableProblems) problems.add(each);
  }

  /** What is known of the members if the worker could not say it. */
  function interrupted({ formats }: Opening, { reason, detail }: Failure): Inside {
    const missed: NotScannedReason = reason;
    return { scanned, bytes, formats, notScanned: [{ place: [], reason: missed, detail }], reasons: { [missed]: 1 } };
  }

  return {
    opening,
    take(news) {
      if (news.type === 'hashed') hashes = { sha256: news.sha256, md5: news.md5 };
      else if (news.type === 'printed') lines.push(news.text);
      else if (news.type === 'dropped') dropped = news.count;
      else if (news.type === 'opening') {
        file = news;
        matches = mergeMembers(news.matches);
        note(news);
        startOpening('opening');
      } else if (news.type === 'member') {
        scanned += 1;
        bytes += news.size;
        matches.add(news);
        note(news);
      }
    },
    report(answer, { size, deadlineMs }) {
      const printed = lines.length + dropped === 0 ? {} : { printed: { lines, dropped } };
      const ended = answer !== 'timeout' && answer.type === 'scanned' ? answer : undefined;
      const result = file ?? ended;
      if (hashes === undefined || result === undefined) {
        return { status: 'failed', ...failure(answer, deadlineMs), size, ...hashes, ...printed };
      }
      if (file === undefined) note(result);
      const inside =
        ended !== undefined ? ended.inside : file === undefined ? null : interrupted(file, failure(answer, deadlineMs));
      return {
        status: 'scanned',
        ...hashes,
        size,
        matches: file === undefined ? result.matches : matches.result(),
        ...(limitReached ? { matchLimitReached: true } : {}),
        ...(problems.size > 0 ? { variableProblems: [...problems] } : {}),
        engineMs: (ended ?? result).engineMs,
        ...(inside === null ? {} : { inside }),
        ...(ended?.indexed === undefined ? {} : { indexed: ended.indexed }),
        ...printed,
      };
    },
  };
}

function failure(answer: WorkerAnswer | 'timeout', deadlineMs: number): Failure {
  if (answer === 'timeout') return { reason: 'timeout', detail: `The scan did not end within ${deadlineMs} ms.` };
  if (answer.type === 'crashed') return { reason: answer.reason, detail: answer.detail };
  return { reason: 'engine_crash', detail: `The worker responded to a scan with "${answer.type}".` };
}
