import { description, type Operation } from './openapi.ts';

const operations = Object.entries(description.operations).map(([id, operation]) => ({
  id,
  operation,
  literalLength: operation.path.replace(/\{\w+\}/g, '').length,
  names: [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
  // A path or a reference may contain slashes, and is the last part of the URL path.
  form: new RegExp(`^${operation.path.replace(/\{(?:path|ref)\}$/, '(.+)').replace(/\{\w+\}/g, '([^/]+)')}$`),
}));

export interface FoundOperation {
  readonly id: string;
  readonly operation: Operation;
  readonly path: Readonly<Record<string, string>>;
}

/**
 * The operation of a request, with the parameters in its path. If several fit, it is the one with
 * the most specific path.
 */
export function findOperation(method: string, pathname: string): FoundOperation | undefined {
  const found = operations.flatMap(({ id, operation, literalLength, names, form }) => {
    const values = operation.method === method ? form.exec(pathname) : null;
    if (values === null) return [];
    const path = Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(values[at + 1] ?? '')]));
    return [{ id, operation, path, literalLength }];
  });
  return found.sort((a, b) => b.literalLength - a.literalLength)[0];
}
