// The wasm with the catalogue open, for Node and for the page.
import { compile, instantiate } from '../../dist/core/host.js';

/** Returns the core and the handle. wasm: bytes or a Response; catalogue and anchor: bytes. */
export async function opened(wasm, catalogue, anchor) {
  const core = await instantiate(await compile(wasm));
  const at = { environment: 'Production', atMs: Date.parse('2026-06-01T12:00:00Z'), anchors: 1 };
  const { handle } = core.call('openCatalogue', at, catalogue, anchor);
  return [core, handle];
}
