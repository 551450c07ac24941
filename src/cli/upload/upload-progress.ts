import { addUpload, noUploads, type UploadReport } from '../../app/uploads/upload-report.ts';
import type { CliContext } from '../context.ts';
import { formatBytes, formatCount, jsonLine, printLine, safeText } from '../output/output.ts';
import { createStatusLine } from '../output/status-line.ts';

/** Shortest time to measure bytes per second. */
const measuringMs = 1000;

/** Progress of an upload: results of files, and a status line. */
export interface UploadProgress {
  /** Takes the report of a file. */
  report(report: UploadReport): Promise<void>;
  /** Bytes went to the target. */
  sent(bytes: number): void;
  /** A line on stderr. The text must be safe for a terminal. */
  line(text: string): Promise<void>;
  /** Removes the status line. */
  stop(): void;
}

export interface UploadProgressOptions {
  readonly bucket: string;
  /** Prints one JSON object for each file on stdout. */
  readonly json: boolean;
  /** Milliseconds of a clock. Default: `Date.now`. */
  readonly now?: () => number;
}

/**
 * Prints uploaded files on stdout, with `json` every file. Prints failures and the progress on
 * stderr: in place on a terminal, otherwise every few seconds.
 */
export function createUploadProgress(
  context: Pick<CliContext, 'stdout' | 'stderr' | 'isTerminal'>,
  { bucket, json, now = Date.now }: UploadProgressOptions,
): UploadProgress {
  const { stdout, stderr } = context;
  const beganMs = now();
  let sums = noUploads;
  let bytes = 0;
  const status = createStatusLine(context, {
    now,
    describe() {
      const elapsedMs = now() - beganMs;
      const pace = elapsedMs < measuringMs || bytes === 0 ? [] : [`${(bytes / elapsedMs / 1000).toFixed(1)} MB/s`];
      const there = sums.present + sums.unchanged;
      const text = [
        sums.planned > 0 ? `${formatCount(sums.planned)} to upload` : `${formatCount(sums.uploaded)} uploaded`,
        `${formatCount(there)} already stored`,
        ...(sums.failed > 0 ? [`${formatCount(sums.failed)} failed`] : []),
        `${formatBytes(bytes)} sent`,
        ...pace,
      ].join(', ');
      return { terminal: text, plain: `upload: ${text}` };
    },
  });
  status.begin();
  const print = async (stream: CliContext['stdout'], text: string) => {
    let written: Promise<void> | undefined;
    status.above(() => {
      written = printLine(stream, text);
    });
    await written;
  };
  return {
    async report(report) {
      sums = addUpload(sums, report);
      if (report.status === 'failed') {
        await print(stderr, `not uploaded: ${safeText(report.path)}: ${safeText(report.detail)}`);
      }
      if (json) await print(stdout, jsonLine(reportJson(bucket, report)));
      else if (report.status === 'uploaded') await print(stdout, `${safeText(report.key)}  ${report.version}`);
      else if (report.status === 'planned') {
        await print(stdout, `${safeText(report.key)}  would be uploaded, ${formatBytes(report.size)}`);
      }
      status.draw();
    },
    sent(count) {
      bytes += count;
      status.draw();
    },
    line: (text) => print(stderr, text),
    stop: () => status.clear(),
  };
}

/** The stable form of a report. */
function reportJson(bucket: string, { status, path, pathBytes, key, ...rest }: UploadReport) {
  return { status, path, ...(pathBytes === undefined ? {} : { pathBytes }), bucket, key, ...rest };
}
