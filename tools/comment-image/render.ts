import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { marked } from 'marked';
import * as z from 'zod';
import { sectionsInFolder } from '../../src/cli/github/sections-in-folder.ts';
import { renderReview } from '../../src/pull-requests/markdown/render-review.ts';
import { defaultBase } from '../../src/pull-requests/review.ts';
import { record } from './record.ts';
import { recordUpdate } from './record-update.ts';

/*
 * Renders the comment on a pull request to the image in the README:
 *
 *   npm run comment-image -- [--update] [--record] [<folder with sections> [<image>]]
 *
 * With --update it is the comment on an update of 1,000 public rules, in docs/how-to/bring-in-public-rules.md, from new sections.
 *
 * With --record the sections are made first, by the workflows on a pull request to the rules of this repository (record.ts): minutes, and with what
 * this machine has below /usr. It takes a Chromium (`CHROMIUM` names another program) and a font with emoji ("apt-get install chromium fonts-noto-color-emoji").
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    record: { type: 'boolean', default: false },
    update: { type: 'boolean', default: false },
  },
});
const [
  folder = values.update
    ? path.join(tmpdir(), `rearview-update-sections-${process.pid}`)
    : path.join(root, 'tools/comment-image/sections'),
  image = path.join(
    root,
    values.update ? 'docs/images/public-rules-update.png' : 'docs/images/pull-request-comment.png',
  ),
] = positionals;
const width = 1012;

if (values.update) await recordUpdate(folder);
else if (values.record) await record(folder);
const { sections, refused } = await sectionsInFolder(folder);
if (values.update) await rm(folder, { recursive: true });
const { markdown } = renderReview(
  {
    ...{ headSha: '4f6d0c1be2a97d3350c8b64a9f27e4d1c05ab833', runUrl: 'https://github.com/', runConclusion: 'success' },
    ...{ sections: sections.map(({ section }) => section), refused, missing: [] },
    ...{ ownChecks: [], bases: defaultBase, areFilesKnown: true, isOfNoRules: false, isOutdated: false },
  },
  65_000,
);
const dir = await mkdtemp(path.join(tmpdir(), 'rearview-image-'));
try {
  const file = path.join(dir, 'comment.html');
  await writeFile(file, await pageOf(marked.parse(markdown, { gfm: true, async: false })));
  // A page says itself how high it is; the window is made so.
  const dom = await chromium(['--dump-dom'], file);
  const height = z.coerce
    .number()
    .int()
    .positive()
    .parse(/<title>(\d+)<\/title>/.exec(dom)?.[1]);
  await chromium([`--screenshot=${path.resolve(image)}`, `--window-size=${width},${height}`], file);
  process.stdout.write(`${image}: ${width} x ${height}\n`);
} finally {
  await rm(dir, { recursive: true });
}

async function pageOf(html: string): Promise<string> {
  const css = await readFile(path.join(root, 'node_modules/github-markdown-css/github-markdown-light.css'), 'utf8');
  return `<!doctype html><meta charset="utf-8"><title></title><style>${css}
    body { margin: 0; padding: 16px; background: #fff; }
    .box { border: 1px solid #d1d9e0; border-radius: 6px; }
    .head { padding: 8px 16px; font: 14px -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; color: #59636e; background: #f6f8fa; border-bottom: 1px solid #d1d9e0; border-radius: 6px 6px 0 0; }
    .head b { color: #1f2328; } .head i { font-style: normal; border: 1px solid #d1d9e0; border-radius: 2em; padding: 0 6px; font-size: 12px; }
    .markdown-body { padding: 16px; font-size: 14px; }
    .markdown-body table { display: table; width: auto; }
    </style><div class="box"><div class="head"><b>github-actions</b> <i>bot</i> commented</div>
    <div class="markdown-body">${html}</div></div>
    <script>document.title = Math.ceil(document.querySelector('.box').getBoundingClientRect().bottom + 16)</script>`;
}

async function chromium(flags: readonly string[], file: string): Promise<string> {
  const program = process.env['CHROMIUM'] ?? 'chromium';
  const common = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', `--window-size=${width},800`];
  // The last size counts.
  const { stdout } = await promisify(execFile)(program, [...common, ...flags, `file://${file}`], {
    maxBuffer: 2 ** 26,
  });
  return stdout;
}
