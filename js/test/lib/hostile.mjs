// The most expensive inputs that were found, of some 300 that were tried, each a call of the core. They are within the
// bounds on size; the steps that they take bound their time.
import { readFile } from 'node:fs/promises';
import { compile, instantiate } from '../../../dist/core/host.js';
import { root } from './native.mjs';

const octets = (text) => new TextEncoder().encode(text);
const times = (count, write) => Array.from({ length: count }, (_, i) => write(i)).join('');
const filled = (piece, size) => piece.repeat(Math.floor(size / piece.length));
const MiB = 1 << 20;

const soap = (body) =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`;
const stylesheet = (method, top, body) =>
  '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:x="http://exslt.org/common" xmlns:str="http://exslt.org/strings" ' +
  `xmlns:set="http://exslt.org/sets" exclude-result-prefixes="x str set"><xsl:output ${method}/>${top}<xsl:template match="/">${body}</xsl:template></xsl:stylesheet>`;
const each = (nodes, body) => `<xsl:for-each select="${nodes}">${body}</xsl:for-each>`;
const value = (expression) => `<xsl:value-of select="${expression}"/>`;
const variable = (body) => `<xsl:variable name="v">${body}</xsl:variable>`;
const twice = (body) => each('//i', each('//i', body));
const key = ({ method = 'method="text"', top = '', body, request, times }) => ({
  operation: 'cacheKey',
  args: {},
  times,
  blobs: [octets(soap(request)), octets(stylesheet(method, top, body))],
});

const waiting = (write) => times(7, write);
const nested = (open, inner, close) => open.repeat(97) + inner + close.repeat(97);

const wide = `<r>${'<i a="1">t</i>'.repeat(20_000)}</r>`;
const unlike = `<r>${times(20_000, (i) => `<i a="k${i}">t${i}</i>`)}</r>`;
const letters = `<r><i>${'a '.repeat(MiB / 2)}</i>${'<j/>'.repeat(1000)}</r>`;
const recursing = (body) => ({
  top: `<xsl:template name="t">${body}<xsl:call-template name="t"/></xsl:template>`,
  body: '<xsl:call-template name="t"/>',
});

const stylesheets = {
  'three loops': { body: each('//i', twice('x')), request: wide },
  'a count for each node': { body: each('//i', value('count(//i)')), request: wide },
  'siblings before each node': { body: value('count(//i/preceding-sibling::*)'), request: wide },
  'a union for each node': { body: each('//i', value('count(//i|//@a|//text())')), request: wide },
  'a key of everything': {
    top: '<xsl:key name="k" match="*" use="//*"/>',
    body: value("key('k', 't')"),
    request: wide,
  },
  'a key of groups': {
    top: '<xsl:key name="k" match="i" use="@a"/>',
    body: each('//i', value("count(key('k', //i/@a))")),
    request: wide,
  },
  'keys by name': {
    top: '<xsl:key name="k" match="i" use="@a"/>',
    body: twice(value("count(key(concat('k', ''), 'z'))")),
    request: wide,
  },
  'rules for other names': {
    top: times(10_000, (i) => `<xsl:template match="x:i" priority="${i}"/>`),
    body: each('//i', '<xsl:apply-templates select="//i"/>'),
    request: wide,
  },
  'numbers with fractions': { body: twice(value('position() div 3')), request: wide },
  'nodes before others': {
    body: `<xsl:variable name="v" select="//i"/>${each('//i', value('count(set:leading($v, $v[last()]))'))}`,
    request: unlike,
  },
  'trees of a text': { body: twice(value("count(x:node-set('a'))")), request: wide },
  'trees of an element': { body: twice(variable('<a/>')), request: wide },
  'trees that are held': { ...recursing(variable(each('//i', '<a/>'))), request: wide },
  'tokens that are held': {
    ...recursing('<xsl:variable name="v" select="str:tokenize(/r/i, \'\')"/>'),
    request: letters,
  },
  'trees of long values': {
    method: 'method="xml"',
    body: twice(variable(`<a b="${'x'.repeat(MiB / 2)}"/>`)),
    request: wide,
  },
  'long texts doubled': {
    ...recursing(`<xsl:variable name="v" select="concat(${'/r/i,'.repeat(20)}'')"/>`),
    request: letters,
  },
  'messages without text': { body: twice('<xsl:message/>'), request: wide },
  'a result in HTML': { method: 'method="html"', body: each('//i', '<xsl:copy-of select="/"/>'), request: wide },
  'letters that ASCII lacks': {
    method: 'method="text" encoding="us-ascii"',
    body: value('.'),
    request: `<r>${'é'.repeat(4 * MiB)}</r>`,
  },
  'a sort by case': {
    body: `<xsl:for-each select="//i"><xsl:sort select="concat(@a, /r)" case-order="upper-first"/></xsl:for-each>`,
    request: unlike,
  },
  'a request of nodes': { body: value('count(//*)'), request: `<r>${'<i a="1"/>'.repeat(149_000)}</r>` },
  'a request of text': { body: value('string-length(/r)'), request: `<r>${'a'.repeat(15 * MiB)}</r>` },
  'a request of line ends': { body: value('string-length(/r)'), request: `<r>${'\r'.repeat(15 * MiB)}</r>` },
  // These go deep. They need the stack of a program as it is shipped, for the Go tests run with a larger one, and more
  // than one call: the first grows Go's own stack, and each growth begins anew on the engine's.
  'variables that wait for one another': {
    top:
      waiting((i) => `<xsl:variable name="g${i}" select="${nested('/*[', `$g${i + 1}`, ']')}"/>`) +
      variable('1').replace('"v"', '"g7"'),
    body: value("concat('x', $g0)"),
    request: '<r/>',
    times: 8,
  },
  'variables that wait in calls': {
    top:
      waiting((i) => `<xsl:variable name="g${i}" select="${nested('concat(', `$g${i + 1}`, ", 'x')")}"/>`) +
      variable('1').replace('"v"', '"g7"'),
    body: value("concat('x', $g0)"),
    request: '<r/>',
    times: 8,
  },
  'keys that wait for one another': {
    top: waiting(
      (i) => `<xsl:key name="k${i}" match="i" use="${nested('string(', `count(key('k${i + 1}', '0'))`, ')')}"/>`,
    ),
    body: value("count(key('k0', '0'))"),
    request: '<r><i/></r>',
    times: 8,
  },
  'keys without end': {
    top: times(5000, (i) => `<xsl:key name="k${i}" match="i" use="count(key('k${i + 1}', '0'))"/>`),
    body: value("count(key('k0', '0'))"),
    request: '<r><i/></r>',
    times: 8,
  },
  'operators in a row': { body: value(`${'1 + '.repeat(4000)}1`), request: '<r/>', times: 8 },
  'steps in a row': { body: value(`count(${'*/'.repeat(4000)}*)`), request: '<r/>', times: 8 },
  'predicates in a row': { body: value(`count(*${'[1]'.repeat(2600)})`), request: '<r/>', times: 8 },
  'unions in a row': { body: value(`count(${'*|'.repeat(4000)}*)`), request: '<r/>', times: 8 },
  'elements in one another': {
    method: 'method="xml"',
    body: '<a>'.repeat(200) + '</a>'.repeat(200),
    request: '<r/>',
    times: 8,
  },
  'attribute sets in a chain': {
    method: 'method="xml"',
    top:
      times(9000, (i) => `<xsl:attribute-set name="s${i}" use-attribute-sets="s${i + 1}"/>`) +
      '<xsl:attribute-set name="s9000"/>',
    body: '<a xsl:use-attribute-sets="s0"/>',
    request: '<r/>',
    times: 8,
  },
  'a request of levels': {
    method: 'method="xml"',
    body: '<xsl:copy-of select="."/>',
    request: '<a>'.repeat(990) + '</a>'.repeat(990),
    times: 8,
  },
  'a stylesheet of elements': { body: '<a/>'.repeat(MiB / 4 - 1000), request: '<r/>' },
  'a stylesheet of expressions': { body: '<xsl:if test="1"/>'.repeat(MiB / 18 - 100), request: '<r/>' },
};

const message = 16 * MiB - 1000;
const answers = {
  'line ends': soap(`<a>${filled('\r', message)}</a>`),
  references: soap(`<a>${filled('&#65;', message)}</a>`),
  elements: soap(filled('<a/>', message)),
  'fault codes': soap(`<s:Fault>${filled('<faultcode>SOA-01001</faultcode>', message)}</s:Fault>`),
};

const endpoints = Array.from({ length: 64 }, (_, i) => `https://h${i}.example/`);
const down = Object.fromEntries(endpoints.map((url) => [url, 'conn']));
const steps = {
  'short steps': { endpoints: ['https://a.example/'], active: 0, steps: Array(9000).fill({ advanceMs: 1 }) },
  'calls with everything down': { endpoints, active: 0, steps: Array(500).fill({ call: endpoints[0], down }) },
  'long addresses': {
    endpoints: [`https://${'a'.repeat(MiB / 2)}.example/`],
    active: 0,
    steps: Array(4000).fill({ call: 'script' }),
  },
  publications: { endpoints, active: 0, steps: Array.from({ length: 60_000 }, (_, i) => ({ publish: i % 64 })) },
};

/** Makes each call when it is asked for: all at once would not leave room for what they are about. */
export const hostile = Object.fromEntries([
  ...Object.entries(stylesheets).map(([name, of]) => [`cache key: ${name}`, () => key(of)]),
  ...Object.entries(answers).map(([name, text]) => [
    `answer: ${name}`,
    () => ({ operation: 'isSwitch', args: {}, blobs: [octets(text)] }),
  ]),
  ...Object.entries(steps).map(([name, script]) => [
    `plan: ${name}`,
    () => ({ operation: 'plan', args: {}, blobs: [octets(JSON.stringify(script))] }),
  ]),
]);

/** Compiles the wasm and returns what starts a program with a memory of its own. */
export async function started() {
  const module = await compile(await readFile(`${root}/dist/bcp.wasm`));
  return async () => {
    const { instantiate: original } = WebAssembly;
    let memory;
    WebAssembly.instantiate = async (...args) => {
      const instance = await original(...args);
      memory = instance.exports.mem;
      return instance;
    };
    try {
      const core = await instantiate(module);
      return { core, memory };
    } finally {
      WebAssembly.instantiate = original;
    }
  };
}
