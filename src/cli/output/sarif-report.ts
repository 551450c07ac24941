import type { FileReport } from '../../app/files/scan-files.ts';
import { renderPlace } from '../../domain/inside/inside.ts';
import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import { metaText } from '../../domain/rulesets/rule.ts';
import {
  pathUri,
  type SarifLevel,
  type SarifLocation,
  type SarifNotification,
  type SarifResult,
  type SarifRule,
  sarifLog,
} from '../../domain/sarif.ts';
import type { RuleMatch } from '../../domain/scans/match.ts';
import { programVersion } from '../program-version.ts';

const levels: Readonly<Record<string, SarifLevel>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
};

/** The log of `rules check`. The files of the diagnostics are relative to the repository. */
export function sarifOfDiagnostics(diagnostics: readonly Diagnostic[]) {
  const rules = new Map<string, SarifRule>(
    diagnostics.map(({ code, severity }) => [
      code,
      { id: code, ...helpOf(code), defaultConfiguration: { level: severity } },
    ]),
  );
  return sarifLog({
    version: programVersion(),
    rules: [...rules.values()],
    isComplete: true,
    results: diagnostics.map(({ code, severity, message, file, line, column }): SarifResult => {
      const region =
        line === 0 ? {} : { region: { startLine: line, ...(column === 0 ? {} : { startColumn: column }) } };
      const artifactLocation = { uri: pathUri(Buffer.from(file)) };
      const locations = [{ physicalLocation: { artifactLocation, ...region } }];
      return { ruleId: code, level: severity, message: { text: message }, locations };
    }),
  });
}

/** The part of the documentation that explains a rule of lint. */
function helpOf(code: string): Pick<SarifRule, 'help'> {
  if (!code.startsWith('lint/')) return {};
  return { help: { text: `See docs/reference/lint.md#${code.replace('/', '')}` } };
}

/**
 * Collects the log of `scan`: a result for each match, a notification for each file that was not
 * scanned whole.
 */
export function createSarifScan() {
  const rules = new Map<string, SarifRule>();
  const results: SarifResult[] = [];
  const notifications: SarifNotification[] = [];
  const note = (report: FileReport, id: string, level: SarifLevel, text: string) =>
    notifications.push({ level, message: { text }, descriptor: { id }, locations: [locationOf(report)] });
  return {
    add(report: FileReport): void {
      if (report.status !== 'scanned') {
        const text = `${report.status}: ${report.reason}${report.detail === '' ? '' : ` (${report.detail})`}`;
        note(report, report.reason, report.status === 'failed' ? 'error' : 'warning', text);
        return;
      }
      if (report.scannedBytes !== undefined) {
        note(report, 'part', 'warning', `Only the first ${report.scannedBytes} of ${report.size} bytes were scanned.`);
      }
      for (const each of report.inside?.notScanned ?? []) {
        const detail = each.detail === undefined ? '' : ` (${each.detail})`;
        note(
          report,
          each.reason,
          'warning',
          `Not scanned: ${renderPlace([report.path, ...each.place])}: ${each.reason}${detail}`,
        );
      }
      for (const problem of report.variableProblems ?? []) note(report, 'variable', 'warning', problem);
      for (const match of report.matches) {
        const id = `${match.namespace}:${match.rule}`;
        rules.set(id, ruleOf(id, match));
        results.push(resultOf(id, match, report));
      }
    },
    end: (isComplete: boolean) =>
      sarifLog({ version: programVersion(), rules: [...rules.values()], results, notifications, isComplete }),
  };
}

function levelOf(match: RuleMatch): SarifLevel {
  return levels[metaText(match, 'severity')?.toLowerCase() ?? ''] ?? 'warning';
}

function ruleOf(id: string, match: RuleMatch): SarifRule {
  const description = metaText(match, 'description');
  const reference = metaText(match, 'reference');
  return {
    id,
    name: match.rule,
    ...(description === undefined ? {} : { shortDescription: { text: description } }),
    ...(reference !== undefined && /^https?:\/\/[!-~]+$/.test(reference) && URL.canParse(reference)
      ? { helpUri: new URL(reference).href }
      : {}),
    defaultConfiguration: { level: levelOf(match) },
    ...(match.tags.length === 0 ? {} : { properties: { tags: [...new Set(match.tags)] } }),
  };
}

function resultOf(ruleId: string, match: RuleMatch, report: FileReport & { readonly status: 'scanned' }): SarifResult {
  const [member] = match.members ?? [];
  // Offsets in a member are no offsets in the file.
  const first = match.strings.find(({ place }) => place === undefined);
  const { physicalLocation } = locationOf(report);
  const said = metaText(match, 'description') || `The rule ${ruleId} matches.`;
  const inside =
    match.onlyInside && member !== undefined
      ? `${/[.!?]$/.test(said) ? '' : '.'} Inside: ${renderPlace(member.place)}`
      : '';
  const region = first === undefined ? {} : { region: { byteOffset: first.offset, byteLength: first.length } };
  return {
    ruleId,
    level: levelOf(match),
    message: { text: `${said}${inside}` },
    locations: [{ physicalLocation: { ...physicalLocation, ...region } }],
    properties: { sha256: report.sha256 },
  };
}

function locationOf({ path, pathBytes }: FileReport): SarifLocation {
  const s3 = /^s3:\/\/([^/]+)(.*)$/s.exec(path);
  const uri =
    s3 === null
      ? pathUri(pathBytes === undefined ? Buffer.from(path) : Buffer.from(pathBytes, 'hex'))
      : `s3://${s3[1]}${pathUri(Buffer.from(s3[2] ?? '')).replace(/^file:\/\//, '')}`;
  return { physicalLocation: { artifactLocation: { uri } } };
}
