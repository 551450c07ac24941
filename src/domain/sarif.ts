/**
 * The subset of SARIF 2.1.0 that Rearview writes:
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export interface SarifRule {
  readonly id: string;
  readonly name?: string;
  readonly shortDescription?: { readonly text: string };
  readonly helpUri?: string;
  readonly help?: { readonly text: string };
  readonly defaultConfiguration?: { readonly level: SarifLevel };
  readonly properties?: Readonly<Record<string, unknown>>;
}

export type SarifLevel = 'error' | 'warning' | 'note';

export interface SarifLocation {
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string };
    readonly region?: {
      readonly startLine?: number;
      readonly startColumn?: number;
      readonly byteOffset?: number;
      readonly byteLength?: number;
    };
  };
}

export interface SarifResult {
  readonly ruleId: string;
  readonly level: SarifLevel;
  readonly message: { readonly text: string };
  readonly locations: readonly SarifLocation[];
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** A problem with the tool's work on an artifact. */
export interface SarifNotification {
  readonly level: SarifLevel;
  readonly message: { readonly text: string };
  readonly descriptor: { readonly id: string };
  readonly locations: readonly SarifLocation[];
}

export interface SarifRun {
  readonly version: string;
  readonly rules: readonly SarifRule[];
  readonly results: readonly SarifResult[];
  readonly notifications?: readonly SarifNotification[];
  /** Whether the tool completed its task. */
  readonly isComplete: boolean;
}

/** Returns a log of one run. */
export function sarifLog({ version, rules, results, notifications = [], isComplete }: SarifRun) {
  const indexes = new Map(rules.map(({ id }, index) => [id, index]));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Rearview', semanticVersion: version, rules } },
        columnKind: 'utf16CodeUnits',
        invocations: [{ executionSuccessful: isComplete, toolExecutionNotifications: notifications }],
        results: results.map((each) => {
          const ruleIndex = indexes.get(each.ruleId);
          return ruleIndex === undefined ? each : { ...each, ruleIndex };
        }),
      },
    ],
  };
}

/**
 * Formats a path as an RFC 3986 reference, relative if the path is relative. Each byte that is not
 * allowed there is written as `%NN`.
 * @param bytes the path with `/` between its parts
 */
export function pathUri(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1');
  const encoded = text.replace(
    /[^A-Za-z0-9\-._~/]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
  return encoded.startsWith('/') ? `file://${encoded}` : encoded;
}
