// What documents and comments cite.

/** The anchors of a document, as forges make them of headings, and those that are written out. */
export function anchorsOf(text) {
  const seen = new Map();
  const slugs = withoutFences(text)
    .split('\n')
    .filter((line) => /^#{1,6} /.test(line))
    .map((line) => {
      const slug = line
        .replace(/^#+ /, '')
        .trim()
        .toLowerCase()
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-');
      const times = seen.get(slug) ?? 0;
      seen.set(slug, times + 1);
      return times === 0 ? slug : `${slug}-${times}`;
    });
  return new Set([...slugs, ...[...text.matchAll(/<a id="([^"]+)"/g)].map(([, id]) => id)]);
}

const withoutFences = (text) => text.replace(/^```[^]*?^```$/gm, '');

/** The relative links and pictures of a document. */
export function linksOf(text) {
  const prose = withoutFences(text).replace(/`[^`\n]*`(?!\])/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)|(?:href|src)="([^"]+)"/g)]
    .map(([, inline, attribute]) => inline ?? attribute)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** The paths of the repository that a document names in code type; tops are its folders and files at the root. */
export function pathsOf(text, tops) {
  return [...withoutFences(text).matchAll(/`([\w.-]+\/[\w./-]*)`/g)]
    .map(([, path]) => path)
    .filter((path) => tops.has(path.split('/')[0]));
}

/** The texts of the comments that begin with "Source:", each to the end of its paragraph. */
export function sourcesOf(text) {
  return [...text.matchAll(/(?:^|[/*. ])Source: ([^\n]*(?:\n[ \t]*(?:\/\/|\*)(?!\/) ?[^\s*/][^\n]*)*)/g)]
    .filter(({ index }) => /(\/\/|\*)[^\n]*$/.test(text.slice(text.lastIndexOf('\n', index) + 1, index + 1)))
    .map(([, source]) => source.replace(/\n[ \t]*(?:\/\/|\*) ?/g, ' ').trim());
}

/** The names by which the glossary lists standards. */
export function authoritiesOf(glossary) {
  const section = glossary.slice(glossary.indexOf('\n## Standards'));
  return [...section.matchAll(/\*\*([^*]+)\*\*/g)].map(([, name]) => name);
}

/** The documents of the repository that a text cites, with their anchors. */
export function citationsOf(text) {
  const targets = [];
  for (const [, file, anchors] of text.matchAll(/\b((?:docs|testdata)\/[\w-]+\.md)((?:(?:, | and )?#[a-z][\w-]*)*)/g)) {
    const names = [...anchors.matchAll(/#([\w-]+)/g)].map(([, name]) => name);
    targets.push(...(names.length === 0 ? [file] : names.map((name) => `${file}#${name}`)));
  }
  return targets;
}

/** The lines of a file beyond 120 columns, a tab counting four. Addresses do not count. */
export function tooLong(file, text) {
  const isScript = /\.m?[jt]s$/.test(file);
  return text.split('\n').flatMap((line, at) => {
    // A text is not broken for its length: a sentence, an address or a piece of XML is found by its words.
    if (isScript && /^\s*([\w']+: )?(\(\) => )?(['"`]).*\3[\s,;)+]*$/.test(line)) return [];
    const columns = [...line.replace(/https?:\/\/[^\s)>"'`]+|\]\([^)]*\)/g, '').replaceAll('\t', '    ')].length;
    return columns > 120 ? [`${file}:${at + 1}: ${columns} columns`] : [];
  });
}
