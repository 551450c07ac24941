import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ReviewSection, reviewSectionSchema } from '../../pull-requests/section.ts';
import type { WorkflowRun } from './runner.ts';

/**
 * The sections of a review that a workflow uploaded, by the names of the artifacts. Each artifact has
 * one file with one section, which fits the schema.
 */
export function sectionsOf({ artifacts }: WorkflowRun): ReadonlyMap<string, ReviewSection> {
  const ours = [...artifacts].filter(([name]) => name.startsWith('rearview-'));
  return new Map(
    ours.map(([name, folder]) => {
      const [file = '', ...others] = readdirSync(folder);
      if (others.length > 0) throw new Error(`${name} has more than one file`);
      return [name, reviewSectionSchema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')))];
    }),
  );
}
