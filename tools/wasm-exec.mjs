// Makes an ES module of Go's lib/wasm/wasm_exec.js.
//
// The original defines Go, fs, process and path on globalThis: on a page, other libraries then believe that they run
// under Node. The module keeps them on `scope`, an object of its own, which is also all that Go code can reach through
// js.Global(): no window, no document, no fetch. Each replacement is counted, so a Go release that changes the file
// fails the build and not the page.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const scopeSource = `// The objects that Go code finds under js.Global().
const scope = { Object, Array, Uint8Array, Date, Error, Promise, Math };
`;

const replacements = [
  { from: '"use strict";\n\n(() => {\n', to: '', times: 1 },
  { from: '\n})();\n', to: '\n', times: 1 },
  { from: 'globalThis.Go = class {', to: 'class Go {', times: 1 },
  { from: 'globalThis.fs', to: 'scope.fs', times: 2 },
  { from: 'globalThis.process', to: 'scope.process', times: 2 },
  { from: 'globalThis.path', to: 'scope.path', times: 2 },
  { from: '\tfs.writeSync(', to: '\tscope.fs.writeSync(', times: 1 },
  { from: '\t\t\t\tglobalThis,\n', to: '\t\t\t\tscope,\n', times: 1 },
  { from: '[globalThis, 5]', to: '[scope, 5]', times: 1 },
  // Importing has no effect: where these are missing (jsdom), a call fails and not the import.
  ...Object.entries({
    crypto: ' (crypto.getRandomValues only)',
    performance: ' (performance.now only)',
    TextEncoder: '',
    TextDecoder: '',
  }).map(([name, only]) => ({
    from: `\tif (!globalThis.${name}) {\n\t\tthrow new Error("globalThis.${name} is not available, polyfill required${only}");\n\t}\n`,
    to: '',
    times: 1,
  })),
  {
    from: 'const encoder = new TextEncoder("utf-8");',
    to: 'const encoder = { encode: (text) => new TextEncoder().encode(text) };',
    times: 1,
  },
  {
    from: 'const decoder = new TextDecoder("utf-8");',
    to: 'const decoder = { decode: (octets) => new TextDecoder().decode(octets) };',
    times: 1,
  },
];

/** Returns the folder of the Go toolchain. */
export function goRoot() {
  return execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim();
}

/** Returns the text of the module, with the licence of the file in front. */
export function wasmExecModule(root = goRoot()) {
  let source = readFileSync(join(root, 'lib/wasm/wasm_exec.js'), 'utf8');
  for (const { from, to, times } of replacements) {
    const parts = source.split(from);
    if (parts.length - 1 !== times) {
      throw new Error(
        `wasm_exec.js of this Go release: ${JSON.stringify(from)} occurs ${parts.length - 1} times, expected ${times}`,
      );
    }
    source = parts.join(to);
  }
  if (/globalThis\.\w+ =/.test(source)) throw new Error('wasm_exec.js of this Go release sets another global');
  const origin = "// Derived from Go's lib/wasm/wasm_exec.js; its licence: LICENSE.go.txt beside this file.";
  return `${origin}\n${scopeSource}${source}\nexport { Go, scope };\n`;
}
