import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { proposeUpdate } from '../../../app/pull-requests/propose-update.ts';
import { lockChanges } from '../../../app/sources/lock-changes.ts';
import { diffSection } from '../../../pull-requests/diff-section.ts';
import { renderSync } from '../../../pull-requests/markdown/public/render-sync.ts';
import { diffRulesets } from '../../../rules/diff-rulesets.ts';
import { lockFile, parseLock } from '../../../rules/sources/lock-file.ts';
import { vendorFolder } from '../../../rules/vendored.ts';
import type { CliContext, GlobalOptions } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { headRuleset } from '../../flags/base-ruleset.ts';
import { flagSet } from '../../flags/flag.ts';
import { switchFlag } from '../../flags/flags.ts';
import { changedFiles, committedText } from '../../git/changed-files.ts';
import { gitBaseRuleset } from '../../git/git-base.ts';
import { plural, printLine, safeText } from '../../output/output.ts';
import { openCodeHost } from '../../wiring/code-host.ts';

/** `github sync`. */
export const githubSync = defineCommand({
  description:
    'Open a pull request with the rules that "rules sync" fetched.\n\nIt proposes what differs from the latest commit in rules/vendor and rules/sources.lock.json, and lists the changed rules.\nAn open pull request is updated, unless its branch has other commits. One that was closed is not opened again for the same lock.\nNeeds the permissions contents: write and pull-requests: write, and the setting "Allow GitHub Actions to create and approve pull requests".\nEnds with 2 if the pull request could not be updated because of other commits.',
  flags: [['--dry-run', 'Print the text of the pull request, and write nothing.']],
  options: flagSet({ dryRun: switchFlag }),
  examples: ['rearview github sync', 'rearview github sync --dry-run'],
  async run(context, { options: { dryRun }, globals }) {
    const { rulesDir } = globals;
    const files = await changedFiles(context, rulesDir, [
      path.join(rulesDir, vendorFolder),
      path.join(rulesDir, lockFile),
    ]);
    const update = files.size === 0 ? { lock: '', body: '' } : await describe(context, globals);
    const result = await proposeUpdate(openCodeHost(context), { ...update, files }, { dryRun });
    const outcome =
      dryRun && /^(?:opened|updated)$/.test(result.outcome) ? `would be ${result.outcome}` : result.outcome;
    const parts = [outcome, plural(files.size, 'file'), result.url, result.why].filter((each) => each !== null);
    await printLine(context.stdout, safeText(parts.join('  ')));
    if (dryRun && update.body !== '') await printLine(context.stdout, `\n${update.body}`);
    return result.outcome === 'left' ? exitCodes.usage : exitCodes.ok;
  },
});

/** The text of the pull request, and the name of the proposed state. */
async function describe(context: CliContext, globals: GlobalOptions) {
  const { rulesDir } = globals;
  const file = path.join(rulesDir, lockFile);
  const text = await readFile(file, 'utf8').catch(() => '');
  const before = parseLock(`HEAD:${lockFile}`, await committedText(context, rulesDir, file));
  const lock = createHash('sha256').update(text).digest('hex');
  const head = await headRuleset(context, globals);
  const base = head === null ? null : await gitBaseRuleset(context, globals, 'HEAD');
  const diff = head === null ? null : diffSection(diffRulesets(base, head));
  return { lock, body: renderSync({ sources: lockChanges(before, parseLock(lockFile, text)), diff, lock }) };
}
