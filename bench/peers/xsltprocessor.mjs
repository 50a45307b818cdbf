// xslt-processor. It has no compiled form: it is used fresh, and parsing the stylesheet beforehand is as near as it
// comes.
import { XDocument, XmlParser, Xslt } from 'xslt-processor';
import { repeated } from '../keys/measure.mjs';

const parse = (text) => new XmlParser().xmlParse(text);
const lastElement = (parent) => parent.childNodes.findLast((n) => n.nodeType === 1);

function payload(request) {
  const source = new XDocument();
  source.appendChild(lastElement(lastElement(parse(request).documentElement)));
  return source;
}

export const xsltProcessor = {
  'xslt-processor, compiled': repeated((c) => {
    const sheet = parse(c.sheet);
    return () => new Xslt().xsltProcess(payload(c.request), sheet);
  }),
  'xslt-processor, fresh': repeated((c) => () => new Xslt().xsltProcess(payload(c.request), parse(c.sheet))),
};
