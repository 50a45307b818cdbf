// Small helpers to build a page from text: nothing that comes from outside is ever parsed as HTML.

/** Makes an element: attributes (false and undefined are left out, true is an empty one), then text or elements. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, '');
    else if (value !== undefined && value !== false) element.setAttribute(key, String(value));
  }
  element.append(...children.filter((child) => child !== undefined && child !== false && child !== null));
  return element;
}

/** A word with a meaning: kind is good, warn, bad or calm. */
export const badge = (kind, text) => h('span', { class: `badge ${kind}` }, text);

/** The element with an id; the page is ours, so it is there. */
export const byId = (id) => document.getElementById(id);
