import path from 'node:path';
import { z } from 'zod';
import { RearviewError } from '../../domain/errors.ts';
import { defineCommand } from '../define-command.ts';
import { excludeFlag } from '../flags/exclude-flag.ts';
import { countFlag, switchFlag } from '../flags/flags.ts';
import { sizeLimitFlags, sizeLimitOf, sizeLimitOptions } from '../flags/size-limit.ts';
import { runUp } from '../up/up.ts';

/** `up`. */
export const up = defineCommand({
  description:
    'Checks, tests and publishes the rules, scans the corpus, and then stays: files put into the inbox are scanned as they arrive, and a saved rule is checked, tested, published and scanned over the whole corpus. Ctrl-C ends it; the next run goes on where it was. Ends with 1 where the rules do not compile or pass their tests at the start.',
  flags: [
    [
      '--corpus <dir...>',
      'Folder whose files are scanned in place; may be given more than once. Default: as last time, at first a small sample.',
    ],
    ['--inbox <dir>', 'Folder to watch for files. Default: inbox in the state folder.'],
    [
      '--webhook <url>',
      'Where to POST alerts, besides alerts.jsonl in the state folder; none: nowhere. Default: as last time.',
    ],
    ['--once', 'Publish, scan the corpus and what waits, and end.'],
    ['--jobs <n>', 'Workers for retro scans; uploads have one of their own. Default: one per core.'],
    excludeFlag,
    ...sizeLimitFlags,
    ['--timeout <ms>', 'Milliseconds that the scan of one file may take. Default: 30000.'],
  ],
  options: z.object({
    corpus: z.array(z.string()).default([]),
    inbox: z.string().optional(),
    webhook: z
      .union([z.literal('none'), z.url({ protocol: /^https?$/ })], { error: 'It is no http or https URL, nor none.' })
      .optional(),
    once: switchFlag,
    jobs: countFlag.optional(),
    ...sizeLimitOptions.shape,
    timeout: countFlag.optional(),
    exclude: z.array(z.string()).default([]),
  }),
  examples: ['rearview up', 'rearview up --corpus /usr/bin --once'],
  handlesInterrupt: true,
  run: (context, { options, globals }) => {
    const { corpus, inbox, webhook, once, jobs, timeout } = options;
    if (globals.target !== 'local') {
      throw new RearviewError('ERR_USAGE', '"rearview up" runs the pipeline of this machine; in AWS functions run it.');
    }
    return runUp(context, {
      ...globals,
      cwd: context.cwd,
      ...sizeLimitOf(options),
      corpus: corpus.map((dir) => path.resolve(context.cwd, dir)),
      once,
      exclude: options.exclude,
      ...(inbox === undefined ? {} : { inbox: path.resolve(context.cwd, inbox) }),
      ...(webhook === undefined ? {} : { webhook: webhook === 'none' ? null : webhook }),
      ...(jobs === undefined ? {} : { jobs }),
      ...(timeout === undefined ? {} : { deadlineMs: timeout }),
    });
  },
});
