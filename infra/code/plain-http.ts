import type { Plugin } from 'esbuild';

const namespace = 'plain-http';

/**
 * Takes `node:http` without an import of it. An import reads all of its exports, and two of them
 * load the implementation of `fetch` and WebSocket: 18 ms of CPU time in each start.
 */
export const plainHttp: Plugin = {
  name: namespace,
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^(?:node:)?http$/ }, ({ path }) => ({ path, namespace }));
    onLoad({ filter: /./, namespace }, () => ({ contents: "export default process.getBuiltinModule('node:http');" }));
  },
};
