// What every application of the matrix is made of.

/** The call that each makes: its main endpoint resets, so the answer must come from the second. */
export const ask = `export async function ask({ createBcpClient }, stage, more = {}) {
  const bcp = createBcpClient({ ...stage.options, ...more });
  try {
    await bcp.preload();
    const { main, envelope: body } = stage;
    const headers = { 'content-type': 'text/xml; charset=utf-8' };
    const response = await bcp.fetch(main, { method: 'POST', headers, body, bcp: { repeat: 'yes' } });
    await response.text();
    return { status: response.status, endpoint: bcp.provenance(response)?.endpoint };
  } catch (e) {
    return { error: \`\${e.code ?? e.name}: \${e.message}\` };
  } finally {
    bcp.close();
  }
}
`;

/** The script of a page. \`more\` is the text of further options. */
export const pageScript = (from = 'ehealth-bcp', more = '{}', head = '') => `${head}
import * as bcp from '${from}';
import { ask } from './ask.js';
ask(bcp, globalThis.stage, ${more}).then((answer) => { globalThis.answer = answer; });
`;

/** The script of a server or a test: it prints what its call gave. */
export const nodeScript = (from = 'ehealth-bcp', more = '{}', head = '') => `${head}
import * as bcp from '${from}';
import { ask } from './ask.js';
console.log(JSON.stringify(await ask(bcp, JSON.parse(process.env.BCP_STAGE), ${more})));
`;

export const html = (script = '<script type="module" src="/main.js"></script>') => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>app</title></head><body><div id="app"></div>
${script}
</body></html>
`;
