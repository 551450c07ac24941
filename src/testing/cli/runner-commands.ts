/** A workflow command as the runner of GitHub Actions understands it. */
export interface RunnerCommand {
  readonly command: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** Commands that the runner executes, and some that it used to. */
const registered = new Set([
  ...['add-mask', 'add-matcher', 'add-path', 'debug', 'echo', 'endgroup', 'error', 'group', 'internal-set-repo-path'],
  ...['notice', 'remove-matcher', 'save-state', 'set-env', 'set-output', 'stop-commands', 'warning'],
]);

/** The blanks that .NET trims. */
const blanks = /^[\s\u0085]+/;

/**
 * All commands in the log of a step, by the rules of the runner (`ActionCommand.cs` and
 * `ActionCommandManager.cs` in actions/runner).
 */
export function runnerCommands(log: string): readonly RunnerCommand[] {
  return log.split(/\r\n|\n|\r/).flatMap((line) => parseColons(line) ?? parseBrackets(line) ?? []);
}

/** `::name key=value,key=value::data`, at the beginning of the line. */
function parseColons(line: string): RunnerCommand | undefined {
  const text = line.replace(blanks, '');
  if (!text.startsWith('::')) return undefined;
  const end = text.indexOf('::', 2);
  if (end < 0) return undefined;
  return commandOf(text.slice(2, end), ',', text.slice(end + 2), (value) =>
    unescaped(value, { '%0D': '\r', '%0A': '\n', '%3A': ':', '%2C': ',', '%25': '%' }),
  );
}

/** `##[name key=value;key=value]data`, anywhere in the line. */
function parseBrackets(line: string): RunnerCommand | undefined {
  const start = line.indexOf('##[');
  const end = line.indexOf(']', start);
  if (start < 0 || end < 0) return undefined;
  return commandOf(line.slice(start + 3, end), ';', line.slice(end + 1), (value) =>
    unescaped(value, { '%3B': ';', '%0D': '\r', '%0A': '\n', '%5D': ']', '%25': '%' }),
  );
}

function commandOf(
  info: string,
  separator: string,
  data: string,
  decode: (text: string) => string,
): RunnerCommand | undefined {
  const [command = '', ...rest] = info.split(' ');
  if (!registered.has(command.toLowerCase())) return undefined;
  const pairs = rest
    .join(' ')
    .trim()
    .split(separator)
    .map((pair) => /^([^=]+)=(.+)$/s.exec(pair))
    .filter((pair) => pair !== null);
  return {
    command,
    properties: Object.fromEntries(pairs.map(([, key = '', value = '']) => [key, decode(value)])),
    data: decode(data),
  };
}

function unescaped(text: string, tokens: Readonly<Record<string, string>>): string {
  return Object.entries(tokens).reduce((all, [written, token]) => all.replaceAll(written, token), text);
}
