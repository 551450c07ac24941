import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import * as z from 'zod';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const variables = z.record(z.string(), scalar).default({});
const permissions = z.union([z.string(), z.record(z.string(), z.string())]);
const concurrency = z.strictObject({
  group: z.string(),
  'cancel-in-progress': z.union([z.boolean(), z.string()]).default(false),
  queue: z.enum(['single', 'max']).default('single'),
});
const defaults = z
  .strictObject({
    run: z.strictObject({ shell: z.string().optional(), 'working-directory': z.string().optional() }).default({}),
  })
  .default({ run: {} });
const condition = z.union([z.string(), z.boolean()]).transform(String).optional();

const stepSchema = z.strictObject({
  id: z.string().optional(),
  name: z.string().optional(),
  if: condition,
  run: z.string().optional(),
  uses: z.string().optional(),
  with: variables,
  env: variables,
  shell: z.string().optional(),
  'working-directory': z.string().optional(),
  'continue-on-error': z.boolean().default(false),
  'timeout-minutes': z.number().optional(),
});

const jobSchema = z.strictObject({
  name: z.string().optional(),
  needs: z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]),
  if: condition,
  'runs-on': z.string(),
  environment: z.string().optional(),
  permissions: permissions.optional(),
  concurrency: concurrency.optional(),
  strategy: z
    .strictObject({
      'fail-fast': z.boolean().default(true),
      matrix: z.record(z.string(), z.array(z.unknown())),
    })
    .optional(),
  'timeout-minutes': z.number().optional(),
  outputs: variables,
  env: variables,
  defaults,
  steps: z.array(stepSchema),
});

/** The syntax that the executor supports. It refuses anything else. */
const workflowSchema = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions: permissions.optional(),
  concurrency: concurrency.optional(),
  defaults,
  env: variables,
  jobs: z.record(z.string(), jobSchema),
});

export type Workflow = z.infer<typeof workflowSchema>;
export type Job = z.infer<typeof jobSchema>;
export type Step = z.infer<typeof stepSchema>;

/** The workflows of this repository. */
const workflowsFolder = fileURLToPath(new URL('../../../.github/workflows/', import.meta.url));

/** The names of the workflows, such as `rules.yml`. */
export function workflowFiles(): readonly string[] {
  return readdirSync(workflowsFolder).sort();
}

/** The text of a workflow. */
export function workflowText(file: string): string {
  return readFileSync(`${workflowsFolder}${file}`, 'utf8');
}

/**
 * Reads a workflow:
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
 * @throws ZodError if it has syntax that the executor does not know
 */
export function readWorkflow(text: string): Workflow {
  return workflowSchema.parse(parse(text));
}

/** A workflow of this repository: `rules` for `rules.yml`. */
export function workflowNamed(name: string): Workflow {
  return readWorkflow(workflowText(`${name}.yml`));
}
