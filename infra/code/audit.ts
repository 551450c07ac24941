import * as z from 'zod';

/** The result of a request to the registry: problems, or null if it did not respond. */
export type AuditResult = { readonly problems: readonly string[] } | null;

const advisoriesSchema = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(
    z.string(),
    z.object({
      severity: z.enum(['info', 'low', 'moderate', 'high', 'critical']),
      via: z.array(z.union([z.string(), z.object({ title: z.string(), url: z.string() })])),
    }),
  ),
});
const located = z.object({ name: z.string(), version: z.string() });
const signaturesSchema = z.object({ invalid: z.array(located), missing: z.array(located) });
/** npm prints it if the registry or the key server is missing, or has no such endpoint. */
const refusalSchema = z.union([
  z.object({ error: z.object({ summary: z.string() }) }),
  z.object({ message: z.string(), method: z.string() }),
]);

/**
 * Parses the output of `npm audit --json`: advisories for packages, except those of low severity.
 */
export function readAdvisories(printed: string): AuditResult {
  const value = parse(printed);
  if (refusalSchema.safeParse(value).success) return null;
  const { vulnerabilities } = advisoriesSchema.parse(value);
  const problems = Object.entries(vulnerabilities).flatMap(([name, { severity, via }]) => {
    if (severity === 'info' || severity === 'low') return [];
    const reasons = via.map((each) => (typeof each === 'string' ? `by ${each}` : `${each.title} (${each.url})`));
    return [`${name}: ${severity}: ${reasons.join(', ')}`];
  });
  return { problems };
}

/**
 * Parses the output of `npm audit signatures --json`: packages whose registry signature is invalid
 * or missing.
 */
export function readSignatures(printed: string): AuditResult {
  const value = parse(printed);
  if (refusalSchema.safeParse(value).success) return null;
  const { invalid, missing } = signaturesSchema.parse(value);
  const line = (what: string) => (each: z.infer<typeof located>) => `${each.name} ${each.version}: ${what}`;
  return { problems: [...invalid.map(line('invalid signature')), ...missing.map(line('no signature'))] };
}

function parse(printed: string): unknown {
  try {
    return JSON.parse(printed);
  } catch (cause) {
    throw new Error(`npm printed no JSON: ${printed.slice(0, 200)}`, { cause });
  }
}
