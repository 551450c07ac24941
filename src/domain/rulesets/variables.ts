import { externalNames, type GivenVariables } from './externals.ts';

export type VariableType = 'string' | 'integer' | 'float' | 'boolean';
export type VariableValue = string | number | boolean;

/**
 * An external variable that a repository of rules declares (`variables` in rearview.yaml) in
 * addition to those that every rule may use.
 */
export interface VariableDeclaration {
  readonly name: string;
  readonly type: VariableType;
  /** The value for files without metadata for it. */
  readonly default: VariableValue;
}

/** A variable in the form one engine knows it. */
export interface VariableSlot extends VariableDeclaration {
  /**
   * The name in the engine. Differs from `name` if two sources of a ruleset declare a name
   * differently, as in a preview.
   */
  readonly slot: string;
}

/**
 * Variables that are declared unless `rearview.yaml` declares them differently: public rules expect
 * them, and nothing sets them but metadata.
 */
export const defaultVariables: readonly VariableDeclaration[] = [{ name: 'owner', type: 'string', default: '' }];

/**
 * The declaration of `filetype` in sources for which it is the type by content. Without it,
 * `filetype` is the extension. So the meaning is part of a ruleset, and of the logic hash of the
 * rules that use it. Repositories cannot declare the name themselves.
 */
export const contentTypeVariable: VariableDeclaration = { name: 'filetype', type: 'string', default: '' };

/** The meanings of the variable `filetype`, by their names in `rearview.yaml`. */
export const filetypeMeanings = ['content', 'extension'] as const;

/** Adds the declaration of `filetype`, if it has that meaning. */
export function withFiletype(
  declared: readonly VariableDeclaration[],
  meaning: (typeof filetypeMeanings)[number],
): readonly VariableDeclaration[] {
  return meaning === 'content' ? [...declared, contentTypeVariable] : declared;
}

/** Whether a declaration says the same as a default variable. */
export function isDefaultVariable(declaration: VariableDeclaration): boolean {
  return defaultVariables.some((each) => declarationKey(each) === declarationKey(declaration));
}

/** Adds the default variables. A declaration of such a name, whatever its case, takes its place. */
export function withDefaultVariables(declared: readonly VariableDeclaration[]): readonly VariableDeclaration[] {
  const taken = new Set(declared.map(({ name }) => name.toLowerCase()));
  return [...declared, ...defaultVariables.filter(({ name }) => !taken.has(name))];
}

/**
 * Prefix of object metadata that sets variables: `rearview-var-owner`. S3 keeps its keys in lower
 * case.
 */
export const variableMetadataPrefix = 'rearview-var-';

/** Keywords of the rule language, and modules of the engine. */
const reserved: ReadonlySet<string> = new Set([
  ...['all', 'and', 'any', 'ascii', 'at', 'base64', 'base64wide', 'condition', 'contains', 'defined', 'endswith'],
  ...['entrypoint', 'false', 'filesize', 'for', 'fullword', 'global', 'icontains', 'iendswith', 'iequals', 'import'],
  ...['in', 'include', 'istartswith', 'matches', 'meta', 'nocase', 'none', 'not', 'of', 'or', 'private', 'rule'],
  ...['startswith', 'strings', 'them', 'true', 'wide', 'with', 'xor'],
  ...['int8', 'int16', 'int32', 'int8be', 'int16be', 'int32be'],
  ...['uint8', 'uint16', 'uint32', 'uint8be', 'uint16be', 'uint32be', 'float32', 'float64', 'float32be', 'float64be'],
  ...['console', 'crx', 'cuckoo', 'dex', 'dotnet', 'elf', 'hash', 'lnk', 'macho', 'magic', 'math', 'pe', 'string'],
  ...['test_proto2', 'test_proto3', 'time', 'vt', 'zip'],
]);

/** Returns why a variable cannot have this name; null if it can. */
export function nameProblem(name: string): string | null {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(name)) {
    return `Invalid variable name ${JSON.stringify(name)}: use letters, digits and underscores, and begin with a letter or underscore.`;
  }
  if (externalNames.some((each) => each === name.toLowerCase()))
    return `Invalid variable name "${name}": Rearview sets it.`;
  return reserved.has(name)
    ? `Invalid variable name "${name}": it is a keyword of the rule language or a module.`
    : null;
}

/** Returns the type of a JSON value. A number without a fraction is an integer. */
export function typeOf(value: VariableValue): VariableType {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  return Number.isInteger(value) ? 'integer' : 'float';
}

/** Returns whether a JSON value fits the type. */
export function fitsType(value: VariableValue, type: VariableType): boolean {
  if (type === 'float') return typeof value === 'number' && Number.isFinite(value);
  return typeOf(value) === type && (type !== 'integer' || Number.isSafeInteger(value));
}

/**
 * Parses the value of a text; null if it does not fit the type. Integers beyond 2^53 become BigInt.
 */
export function readVariable(type: VariableType, text: string): VariableValue | bigint | null {
  if (type === 'string') return text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : null;
  if (type === 'float') {
    const number = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
    return Number.isFinite(number) ? number : null;
  }
  if (!/^-?\d{1,19}$/.test(text)) return null;
  const integer = BigInt(text);
  if (BigInt.asIntN(64, integer) !== integer) return null;
  return Number.isSafeInteger(Number(text)) ? Number(text) : integer;
}

/**
 * Returns the declaration of a variable known only by a text, with the type that YARA's flag `-d`
 * would give it.
 */
export function declareByText(name: string, text: string): VariableDeclaration {
  const types: readonly VariableType[] = ['boolean', 'integer', 'float'];
  for (const type of types) {
    const value = readVariable(type, text);
    if (value !== null && typeof value !== 'bigint') return { name, type, default: value };
  }
  return { name, type: 'string', default: text };
}

/** Returns a key that is equal for equal declarations. */
export function declarationKey({ name, type, default: value }: VariableDeclaration): string {
  return JSON.stringify([name, type, value]);
}

/** Returns the variables that the metadata of an object sets. */
export function givenVariables(metadata: Readonly<Record<string, string>>): GivenVariables {
  const set = Object.entries(metadata).filter(([key]) => key.startsWith(variableMetadataPrefix));
  return Object.fromEntries(set.map(([key, value]) => [key.slice(variableMetadataPrefix.length), value]));
}
