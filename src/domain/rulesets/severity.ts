/** The severities of a rule, lowest first (docs/reference/rules.md, "Meta"). */
export const severities = ['low', 'medium', 'high', 'critical'] as const;

export type Severity = (typeof severities)[number];

/** Returns the severity that a text names, in upper or lower case; null if it names none. */
export function severityOf(text: string): Severity | null {
  return severities.find((each) => each === text.trim().toLowerCase()) ?? null;
}
